"""No sequence of operations changes or shows another shop's rows."""

from __future__ import annotations

import pytest

from tests.isolation.machine import Machine, run
from tests.isolation.machine.controls import CONTROLS

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)


def test_random_operations_change_and_show_no_other_shop():
    run(Machine, max_examples=8, stateful_step_count=40)
    assert sum(Machine.steps.values()) > 200
    assert set(Machine.steps) == {"HTTP", "ORM", "SQL"}


@pytest.mark.parametrize("machine", CONTROLS)
def test_control_with_a_leak_is_caught(machine):
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run(machine, max_examples=8)
