"""Workers that lose their lease, each with a control that has no fence."""

from __future__ import annotations

from datetime import timedelta

import pytest
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


@pytest.fixture
def overtaken(in_acme):
    """Return a function that enqueues a job and takes it twice: the first lease has expired."""

    def take(task) -> JobTicket:
        task.enqueue("row")
        slow = JobTicket.objects.claim(lease=LEASE)
        JobTicket.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
        return slow

    return take


def test_overtaken_worker_neither_completes_nor_writes(overtaken):
    slow = overtaken(tasks.insert)
    fast = JobTicket.objects.claim(lease=LEASE)

    execute(slow)

    assert TenantCounter.objects.count() == 0
    assert Job.objects.get().status == Job.Status.RUNNING
    execute(fast)
    assert TenantCounter.objects.count() == 1
    assert Job.objects.get().status == Job.Status.DONE


def test_effect_of_a_completed_job_is_not_repeated(overtaken):
    slow = overtaken(tasks.insert)
    assert run_all_jobs() == 1

    execute(slow)

    assert TenantCounter.objects.count() == 1
    assert Job.objects.get().status == Job.Status.DONE


def test_without_the_common_transaction_the_effect_is_repeated(overtaken):
    """The control: the same race, with a task that is not atomic."""
    slow = overtaken(tasks.insert_without_atomic)
    assert run_all_jobs() == 1

    TenantCounter.objects.update(subject="before")
    execute(slow)

    assert TenantCounter.objects.count() == 2


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
