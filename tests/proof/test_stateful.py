"""Ten thousand random operations on many shops, and what each of them left in every shop."""

from __future__ import annotations

from itertools import count

import pytest

from tests.isolation.machine import CONTROLS, Machine, run
from tests.report import publish

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)

STEPS = 10_000
HEAD = [
    *("machine", "steps", "over HTTP", "by the ORM", "in SQL"),
    *("shops at once", "shops compared", "leaks"),
]


def test_ten_thousand_operations_leak_nothing_and_controls_leak():
    for number in count(1):
        run(Machine, number, max_examples=50, stateful_step_count=50)
        if sum(Machine.steps.values()) >= STEPS:
            break
    rows = [row("as it is", Machine, "0")]
    for control in CONTROLS:
        with pytest.raises((AssertionError, pytest.fail.Exception)):
            run(control)
        title = str(control.__doc__).removesuffix(".")
        rows.append(row(title, control, "caught at the last step"))
    publish("proof", "stateful", HEAD, rows)


def row(title: str, machine: type[Machine], leaks: str) -> list[object]:
    kinds = [machine.steps[kind] for kind in ("HTTP", "ORM", "SQL")]
    numbers = [sum(kinds), *kinds, machine.most_shops, machine.comparisons]
    return [title, *(f"{number:,}" for number in numbers), leaks]
