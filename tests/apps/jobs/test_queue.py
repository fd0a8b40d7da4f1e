from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus

from apps.jobs.exceptions import JobQueueFull
from apps.jobs.models import Job, JobTicket, PlatformJob
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.throttling.models import TenantCounter
from tests.apps.jobs import tasks
from tests.apps.jobs.runs import run_all_jobs

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

LEASE = timedelta(seconds=30)


def subjects() -> list[str]:
    return sorted(TenantCounter.objects.values_list("subject", flat=True))


def make_due() -> None:
    JobTicket.objects.update(run_at=timezone.now() - timedelta(seconds=1))


def expire_leases() -> None:
    JobTicket.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def test_job_runs_with_the_tenant_that_enqueued_it(acme, seen):
    with tenant_context(acme):
        result = tasks.note.enqueue(1, "two")

    assert run_all_jobs() == 1

    assert seen == [(acme, 1, "two")]
    with tenant_context(acme):
        result.refresh()
    assert (result.status, result.return_value) == (TaskResultStatus.SUCCESSFUL, "noted")
    assert JobTicket.objects.count() == 0


def test_job_of_the_platform_has_no_tenant_and_leaves_no_row(acme, seen):
    tasks.note.enqueue(1)
    assert PlatformJob.objects.count() == 1

    with tenant_context(acme):  # the context of the worker's thread does not matter
        run_all_jobs()

    assert seen == [(None, 1)]
    assert PlatformJob.objects.count() == JobTicket.objects.count() == 0


def test_job_leaves_no_state_for_the_next(in_acme, seen):
    tasks.leave_behind.enqueue()
    tasks.read_marker.enqueue()

    run_all_jobs()

    assert seen == [(in_acme, "")]


def test_job_of_another_tenant_is_not_found(acme, globex):
    with tenant_context(acme):
        result = tasks.note.enqueue()

    with tenant_context(globex), pytest.raises(Exception, match=result.id):
        tasks.note.get_result(result.id)


def test_rollback_drops_the_job(in_acme, seen):
    with suppress(ValueError), transaction.atomic():
        tasks.note.enqueue("rolled back")
        assert Job.objects.count() == JobTicket.objects.count() == 1
        raise ValueError

    tasks.note.enqueue("committed")
    run_all_jobs()

    assert seen == [(in_acme, "committed")]


@pytest.mark.parametrize(
    "value", [object(), float("nan"), {1, 2}, b"bytes"], ids=["object", "nan", "set", "bytes"]
)
def test_argument_that_is_not_json_is_refused(in_acme, value):
    with pytest.raises(TypeError):
        tasks.note.enqueue(value)

    assert Job.objects.count() == JobTicket.objects.count() == 0


def test_full_queue_of_one_tenant_does_not_affect_others(settings, acme, globex, seen):
    settings.JOB_QUOTAS = {"default": 2, "mail": 1}
    with tenant_context(acme):
        tasks.note.enqueue("acme")
        tasks.note.enqueue("acme")
        with pytest.raises(JobQueueFull):
            tasks.note.enqueue("acme")
    with tenant_context(globex):
        tasks.note.enqueue("globex")

    run_all_jobs()

    assert len(seen) == 3


def test_tenants_take_turns(acme, globex, seen):
    for tenant in (acme, globex):
        with tenant_context(tenant):
            for number in range(3):
                tasks.note.enqueue(number)

    run_all_jobs()

    turns = [number for _, number in seen]
    assert turns == [0, 0, 1, 1, 2, 2]
    assert [tenant for tenant, _ in seen[:2]] != [seen[0][0]] * 2


def test_priority_counts_within_a_tenant(in_acme, seen):
    tasks.note.enqueue("later")
    tasks.note_first.enqueue("first")

    run_all_jobs()

    assert [value for _, value in seen] == ["first", "later"]


def test_deferred_job_waits_for_its_time(in_acme, seen):
    tasks.note.using(run_after=timezone.now() + timedelta(hours=1)).enqueue("later")
    assert run_all_jobs() == 0

    make_due()
    assert run_all_jobs() == 1


def test_claimed_job_is_not_claimed_again_before_its_lease_expires(in_acme):
    tasks.note.enqueue()
    first = JobTicket.objects.claim(lease=LEASE)
    assert first is not None

    assert JobTicket.objects.claim(lease=LEASE) is None
    expire_leases()
    again = JobTicket.objects.claim(lease=LEASE)

    assert (again.pk, again.fence, again.attempts) == (first.pk, first.fence + 1, 2)


def test_renewed_lease_belongs_to_the_latest_holder(in_acme):
    tasks.note.enqueue()
    first = JobTicket.objects.claim(lease=LEASE)
    expire_leases()
    JobTicket.objects.renew([first], lease=LEASE)
    assert JobTicket.objects.claim(lease=LEASE) is None

    expire_leases()
    assert JobTicket.objects.claim(lease=LEASE) is not None
    expire_leases()
    JobTicket.objects.renew([first], lease=LEASE)

    assert JobTicket.objects.claim(lease=LEASE) is not None


def test_failed_job_waits_and_is_repeated(in_acme, caplog):
    result = tasks.insert_and_fail.enqueue("the-secret")

    assert run_all_jobs() == 1
    [ticket] = JobTicket.objects.all()
    assert (ticket.attempts, ticket.lease_expires_at) == (1, None)
    assert ticket.run_at > timezone.now() + timedelta(seconds=2)
    make_due()
    assert run_all_jobs() == 1

    job = Job.objects.get()
    assert (str(job.pk), job.status, job.attempts) == (result.id, "failed", 2)
    assert job.error == "builtins.ValueError: refused"
    assert JobTicket.objects.count() == 0
    assert [record.levelno for record in caplog.records] == [logging.WARNING, logging.ERROR]
    assert "insert_and_fail for shop acme" in caplog.text
    assert "the-secret" not in caplog.text


def test_effect_of_a_failed_attempt_is_rolled_back(in_acme):
    tasks.insert_and_fail.enqueue("half")

    run_all_jobs()

    assert subjects() == []


def test_task_that_does_not_exist_fails(in_acme):
    tasks.note.enqueue()
    Job.objects.update(task="os.system")

    run_all_jobs()

    assert Job.objects.get().status == Job.Status.FAILED


def test_job_whose_workers_are_lost_fails_at_last(in_acme, seen):
    tasks.note.enqueue()
    for _ in range(5):
        assert JobTicket.objects.claim(lease=LEASE) is not None
        expire_leases()

    run_all_jobs()

    assert Job.objects.get().error.startswith("apps.jobs.exceptions.WorkerLost")
    assert seen == []


def test_progress_and_rows_of_a_batch_are_committed_once(in_acme):
    tasks.import_rows.enqueue(["a", "b", "c"])

    run_all_jobs()
    assert subjects() == ["a", "b"]
    make_due()
    run_all_jobs()

    assert subjects() == ["a", "b", "c"]
    assert Job.objects.get().status == Job.Status.DONE


@pytest.mark.parametrize("status", [Tenant.Status.SUSPENDED, Tenant.Status.CLOSED])
def test_jobs_of_a_shop_that_is_not_open_are_dropped(acme, seen, caplog, status):
    with tenant_context(acme):
        tasks.note.enqueue()
    Tenant.objects.using("owner").filter(pk=acme.pk).update(status=status)

    assert run_all_jobs() == 1

    with tenant_context(acme):
        assert Job.objects.count() == JobTicket.objects.count() == 0
    assert seen == []
    assert f"Dropped a job of shop acme, which is {status}." in caplog.text


def test_ticket_without_a_job_is_dropped(in_acme, seen):
    tasks.note.enqueue()
    Job.objects.all().delete()

    assert run_all_jobs() == 1

    assert seen == []
    assert JobTicket.objects.count() == 0


def test_restored_job_without_a_ticket_does_not_run(in_acme, seen):
    tasks.note.enqueue()
    JobTicket.objects.all().delete()

    assert run_all_jobs() == 0

    assert seen == []
