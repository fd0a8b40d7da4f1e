from __future__ import annotations

from typing import Any

from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.isolation.machine.by_orm import ByORM
from tests.isolation.machine.in_sql import InSQL
from tests.isolation.machine.over_http import OverHTTP

#: No limit to a step's time, nothing remembered of earlier runs, and no search for the shortest
#: way to fail, which takes minutes.
STEADY = settings(deadline=None, database=None, report_multiple_bugs=False, phases=[Phase.generate])


class Machine(OverHTTP, ByORM, InSQL):
    """Every rule, in any order."""


def run(machine: type[Machine], number: int = 0, **changes: Any) -> None:
    """Run a machine, the same way whenever it is given the same number and settings."""
    seeded = seed(number)(machine)
    run_state_machine_as_test(seeded, settings=settings(STEADY, **changes))
