"""A worker with its threads, in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from django.db import connections, transaction

from apps.jobs import worker as worker_module
from apps.jobs.models import JobTicket
from apps.jobs.worker import Worker
from apps.tenants.context import tenant_context
from tests.apps.jobs import tasks
from tests.apps.tenants.factories import make_tenant
from tests.load.locks import wait_for_waiters
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@contextmanager
def working(threads: int = 2) -> Iterator[Worker]:
    worker = Worker(threads)
    finished = []
    thread = threading.Thread(target=lambda: finished.append(worker.run(grace=10)))
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(15)
    assert finished == [True]


def test_worker_is_woken_by_a_commit(in_acme, seen, monkeypatch):
    monkeypatch.setattr(worker_module, "POLL_SECONDS", 600.0)
    with working():
        time.sleep(0.5)  # the worker has found nothing, and listens
        tasks.note.enqueue("now")
        until(lambda: seen)

    assert seen == [(in_acme, "now")]


def test_long_jobs_of_one_shop_leave_a_thread_to_others(acme, globex, seen):
    tasks.gate.clear()
    with tenant_context(acme):
        for _ in range(3):
            tasks.wait_at_the_gate.enqueue()
    with working():
        until(lambda: JobTicket.objects.exclude(lease_expires_at=None).exists())
        with tenant_context(globex):
            tasks.note.enqueue("short")
        try:
            until(lambda: seen)
        finally:
            tasks.gate.set()

    assert seen == [(globex, "short")]


def test_long_jobs_of_all_shops_leave_a_thread_to_short_ones(acme, globex, seen):
    tasks.gate.clear()
    for tenant in (acme, globex, make_tenant()):
        with tenant_context(tenant):
            tasks.import_until_the_gate.enqueue()
    with working(threads=3):
        until(lambda: JobTicket.objects.exclude(lease_expires_at=None).count() == 2)
        with tenant_context(make_tenant("third")) as third:
            tasks.note.enqueue("short")
        try:
            until(lambda: seen)
        finally:
            tasks.gate.set()

    assert seen == [(third, "short")]


def test_stopped_worker_finishes_its_job_and_begins_no_other(in_acme, seen):
    tasks.gate.clear()
    for _ in range(2):
        tasks.wait_at_the_gate.enqueue()
    with working() as worker:
        until(lambda: JobTicket.objects.exclude(lease_expires_at=None).exists())
        worker.stop()
        tasks.gate.set()

    assert JobTicket.objects.count() == 1


def test_thread_that_waits_for_its_turn_begins_no_job_after_the_stop(acme, globex, seen):
    for tenant in (acme, globex):
        with tenant_context(tenant):
            tasks.note.enqueue("now")
    with ExitStack() as lock:
        lock.enter_context(transaction.atomic(using="owner"))
        cursor = lock.enter_context(connections["owner"].cursor())
        cursor.execute("LOCK TABLE job_tickets")
        with working() as worker:
            wait_for_waiters(cursor, "job_tickets", 1)
            time.sleep(0.5)  # the other thread is behind the one that waits for the lock
            worker.stop()
            lock.close()

    assert len(seen) == 1


def test_lease_of_a_long_job_is_renewed(in_acme, settings, seen):
    settings.JOB_LEASE = timedelta(seconds=3)
    tasks.gate.clear()
    tasks.wait_at_the_gate.enqueue()
    with working():
        until(lambda: JobTicket.objects.exclude(lease_expires_at=None).exists())
        leased = JobTicket.objects.get()
        until(lambda: JobTicket.objects.get().lease_expires_at > leased.lease_expires_at)
        renewed = JobTicket.objects.get()
        tasks.gate.set()

    assert (renewed.fence, renewed.attempts) == (1, 1)
