"""Tasks for tests. `seen` holds what they have noted."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from typing import Any

from django_tasks import task

from apps.jobs.tasks import JobContext
from apps.tenants.context import get_active_tenant, tenant_context
from apps.tenants.models import Tenant
from apps.throttling.models import TenantCounter
from tests.apps.throttling.factories import add_counter

seen: list[Any] = []
marker: ContextVar[str] = ContextVar("marker", default="")


@task
def note(*values: Any) -> str:
    seen.append((get_active_tenant(), *values))
    return "noted"


@task(priority=10)
def note_first(value: str) -> None:
    seen.append((get_active_tenant(), value))


@task(max_attempts=2)
def insert_and_fail(subject: str) -> None:
    add_counter(subject)
    raise ValueError("refused")


@task
def insert(subject: str) -> int:
    add_counter(subject)
    return TenantCounter.objects.count()


@task(atomic=False)
def insert_without_atomic(subject: str) -> None:
    add_counter(subject)


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
