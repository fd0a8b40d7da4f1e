"""Ten thousand random operations on many shops, and what each of them left in every shop."""

from __future__ import annotations

from itertools import count

import pytest

from tests.isolation.machine import Machine, run
from tests.isolation.machine.controls import CONTROLS, SILENT_CONTROLS
from tests.report import publish

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)

STEPS = 10_000
COMPARISON = Machine.shops_are_as_foreseen.__name__
HEAD = [
    *("machine", "steps", "over HTTP", "by the ORM", "in SQL"),
    *("shops at once", "shops compared", "leak found by"),
]


def test_ten_thousand_operations_leak_nothing_and_controls_leak():
    for number in count(1):
        run(Machine, number, max_examples=50, stateful_step_count=50)
        if sum(Machine.steps.values()) >= STEPS:
            break
    rows = [row("as it is", Machine, "nothing")]
    for control in CONTROLS + SILENT_CONTROLS:
        found_by = finder_of_leak(control)
        assert found_by == COMPARISON or control in CONTROLS, control
        rows.append(row(str(control.__doc__).removesuffix("."), control, f"`{found_by}`"))
    number = sum(Machine.steps.values())
    summary = f"{number:,} operations, 0 leaks; {len(rows) - 1} of {len(rows) - 1} controls leak"
    publish("proof", "stateful", HEAD, rows, summary=summary)


def finder_of_leak(control: type[Machine]) -> str:
    """Run a control to its failure; return the name of the rule or invariant that failed."""
    with pytest.raises((AssertionError, pytest.fail.Exception)) as failure:
        run(control)
    names = [frame.name for frame in failure.traceback]
    # A rule is called by what counts it, an invariant by Hypothesis.
    return names[names.index("counted") + 1] if "counted" in names else names[-1]


def row(title: str, machine: type[Machine], found_by: str) -> list[object]:
    kinds = [machine.steps[kind] for kind in ("HTTP", "ORM", "SQL")]
    numbers = [sum(kinds), *kinds, machine.most_shops, machine.comparisons]
    return [title, *(f"{number:,}" for number in numbers), found_by]
