from __future__ import annotations

from types import SimpleNamespace

import pytest

from bench.stopwatch import Stopwatch


@pytest.fixture
def clock():
    """A clock that the timed functions turn."""
    return SimpleNamespace(now=0.0)


@pytest.fixture
def stopwatch(clock):
    return Stopwatch(clock=lambda: clock.now)


@pytest.fixture
def functions(clock, stopwatch):
    def inner() -> None:
        clock.now += 10

    def outer() -> None:
        clock.now += 1
        owner.inner()
        clock.now += 2

    owner = SimpleNamespace(inner=inner, outer=outer)
    stopwatch.wrap(owner, "inner", "inside")
    stopwatch.wrap(owner, "outer", "outside")
    return owner


def test_time_is_without_that_of_timed_functions_inside(stopwatch, functions):
    functions.outer()

    assert stopwatch.spent == {"outside": 3, "inside": 10}


def test_time_between_calls_does_not_count(stopwatch, functions, clock):
    functions.inner()
    clock.now += 100
    functions.inner()

    assert stopwatch.spent == {"inside": 20}


def test_time_of_a_function_that_raises_counts(stopwatch, clock):
    def broken() -> None:
        clock.now += 5
        raise ValueError("broken")

    owner = SimpleNamespace(broken=broken)
    stopwatch.wrap(owner, "broken", "broken")

    with pytest.raises(ValueError, match="broken"):
        owner.broken()

    assert stopwatch.spent == {"broken": 5}
