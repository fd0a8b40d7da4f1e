"""Tasks for tests. `seen` holds what they have noted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from uuid import uuid4

from apps.jobs.tasks import JobContext, task
from apps.tenants.context import get_active_tenant, tenant_context
from apps.tenants.models import Tenant
from tests.apps.throttling.factories import add_counter

seen: list[Any] = []
#: Called once, after the next row was inserted.
meanwhile: list[Callable[[], None]] = []
marker: ContextVar[str] = ContextVar("marker", default="")


@task
def note(*values: Any) -> str:
    seen.append((get_active_tenant(), *values))
    return "noted"


@task(priority=10)
def note_first(value: str) -> None:
    seen.append((get_active_tenant(), value))


@task(max_attempts=2)
def insert_and_fail(secret: str = "") -> None:
    _insert_row()
    raise ValueError("refused")


@task
def insert() -> None:
    _insert_row()


@task(atomic=False)
def insert_without_atomic() -> None:
    _insert_row()


@task(max_attempts=10_000)
def insert_numbered(number: int) -> None:
    add_counter(f"{number} {uuid4()}")


@task(max_attempts=10_000, atomic=False)
def insert_numbered_without_atomic(number: int) -> None:
    add_counter(f"{number} {uuid4()}")


def _insert_row() -> None:
    add_counter(str(uuid4()))
    if meanwhile:
        meanwhile.pop()()


@task
def leave_behind() -> None:
    marker.set("dirty")
    tenant_context(Tenant(code="other")).__enter__()
    raise SystemExit


@task
def read_marker() -> None:
    seen.append((get_active_tenant(), marker.get()))


@task(atomic=False, takes_context=True, max_attempts=3)
def import_rows(context: JobContext, rows: list[str]) -> None:
    """Insert rows one by one, and fail once in the middle."""
    begin = context.progress or 0
    for number in range(begin, len(rows)):
        with context.fenced_transaction():
            add_counter(rows[number])
            context.record_progress(number + 1)
        if context.attempt == 1 and number == 1:
            raise ConnectionError


gate = threading.Event()


@task(atomic=False)
def wait_at_the_gate() -> None:
    gate.wait(10)


@task(atomic=False, queue_name="imports")
def import_until_the_gate() -> None:
    gate.wait(10)
