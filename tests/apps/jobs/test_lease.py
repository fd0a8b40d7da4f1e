"""Workers that lose their lease, each with a control that has no fence."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from apps.jobs.exceptions import LeaseLost
from apps.jobs.execution import execute
from apps.jobs.lease import fenced_transaction
from apps.jobs.models import Job, JobTicket
from apps.throttling.models import TenantCounter
from tests.apps.jobs import tasks
from tests.apps.jobs.runs import run_all_jobs
from tests.apps.throttling.factories import add_counter

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

LEASE = timedelta(seconds=30)


def in_another_thread(function: Callable[[], int]) -> int:
    def call() -> int:
        try:
            return function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


@pytest.fixture
def overtaken(in_acme):
    """Return a function that enqueues a job and takes it twice: the first lease has expired."""

    def take(task) -> JobTicket:
        task.enqueue()
        slow = JobTicket.objects.claim(lease=LEASE)
        JobTicket.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
        return slow

    return take


def test_overtaken_worker_neither_completes_nor_writes(overtaken):
    slow = overtaken(tasks.insert)
    fast = JobTicket.objects.claim(lease=LEASE)

    execute(slow)

    assert TenantCounter.objects.count() == 0
    assert Job.objects.get().status == Job.Status.QUEUED
    execute(fast)
    assert TenantCounter.objects.count() == 1
    assert Job.objects.get().status == Job.Status.DONE


def test_effect_of_a_completed_job_is_not_repeated(overtaken):
    slow = overtaken(tasks.insert)
    assert run_all_jobs() == 1

    execute(slow)

    assert TenantCounter.objects.count() == 1
    assert Job.objects.get().status == Job.Status.DONE


@pytest.mark.parametrize(("task", "rows"), [(tasks.insert, 1), (tasks.insert_without_atomic, 2)])
def test_overtaking_within_the_task_repeats_no_effect_of_an_atomic_one(in_acme, seen, task, rows):
    """The second task is the control: its effect is not in the transaction of its completion."""
    task.enqueue()
    slow = JobTicket.objects.claim(lease=timedelta(0))  # has expired when the task runs
    tasks.meanwhile.append(lambda: seen.append(in_another_thread(run_all_jobs)))

    execute(slow)

    assert TenantCounter.objects.count() == rows
    assert seen == [rows - 1]
    assert Job.objects.get().status == Job.Status.DONE


def test_failure_of_an_overtaken_worker_is_not_recorded(overtaken):
    slow = overtaken(tasks.insert_and_fail)
    JobTicket.objects.claim(lease=LEASE)

    execute(slow)

    assert Job.objects.get().error == ""
    assert JobTicket.objects.get().lease_expires_at is not None


def test_transaction_of_an_overtaken_worker_is_refused(overtaken):
    slow = overtaken(tasks.insert)
    with fenced_transaction(slow):
        add_counter("first")
    JobTicket.objects.claim(lease=LEASE)

    with pytest.raises(LeaseLost), fenced_transaction(slow):
        add_counter("second")

    assert TenantCounter.objects.count() == 1
