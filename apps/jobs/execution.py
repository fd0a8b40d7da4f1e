"""One attempt at one job."""

from __future__ import annotations

import logging
import random
from contextvars import Context
from datetime import timedelta
from typing import Any, Final

from django.db.models.functions import Now

from apps.jobs.exceptions import LeaseLost, WorkerLost
from apps.jobs.lease import fenced_transaction
from apps.jobs.models import PLATFORM, Job, JobTicket, PlatformJob, QueuedJob
from apps.jobs.tasks import JobContext, JobTask
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant

logger = logging.getLogger("apps.jobs")

#: The wait before the second attempt; it doubles with each further one.
FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(hours=1)


def execute(ticket: JobTicket) -> None:
    """Run the job of a claimed ticket with its tenant, and complete, postpone or fail it.

    Runs in an empty context: no tenant is active before the job, and nothing is left of it.
    """
    Context().run(_execute, ticket)


def wait_before_retry(attempts: int) -> timedelta:
    """Return the wait after a number of failed attempts, exponential and with jitter."""
    wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT)
    return wait * random.uniform(0.75, 1.25)  # noqa: S311 -- spreads load, protects nothing


def _execute(ticket: JobTicket) -> None:
    if ticket.partition == PLATFORM:
        _attempt(ticket, PlatformJob.objects.filter(pk=ticket.pk).first(), "the platform")
        return
    tenant = Tenant.objects.get(pk=ticket.partition)
    with tenant_context(tenant):
        jobs = Job.objects.filter(pk=ticket.pk)
        if tenant.status != Tenant.Status.OPEN:
            logger.warning("Dropped a job of shop %s, which is %s.", tenant.code, tenant.status)
            jobs.delete()
        _attempt(ticket, jobs.first(), f"shop {tenant.code}")


def _attempt(ticket: JobTicket, job: QueuedJob | None, owner: str) -> None:
    if job is None:  # dropped, or replaced by a restored backup
        _discard(ticket)
        return
    title = f"{job.task} for {owner}"
    is_last = True
    try:
        task = job.get_task()
        is_last = ticket.attempts >= task.max_attempts
        with fenced_transaction(ticket):
            job.start(ticket.attempts)
        _run(task, ticket, job)
    except LeaseLost:
        logger.warning("Lost the lease: %s", title)
    except BaseException as error:  # the worker must survive any error
        # The arguments are not logged, because they are content of the shop.
        logger.log(
            logging.ERROR if is_last else logging.WARNING,
            "Failed%s: %s",
            "" if is_last else ", to be repeated",
            title,
            exc_info=True,
        )
        _record_failure(ticket, job, error, is_last=is_last)


def _run(task: JobTask[Any, Any], ticket: JobTicket, job: QueuedJob) -> None:
    if ticket.attempts > task.max_attempts:
        raise WorkerLost
    if task.atomic:
        with fenced_transaction(ticket):
            _complete(ticket, job, _call(task, ticket, job))
        return
    result = _call(task, ticket, job)
    with fenced_transaction(ticket):
        _complete(ticket, job, result)


def _call(task: JobTask[Any, Any], ticket: JobTicket, job: QueuedJob) -> Any:
    result = job.as_result(task)
    context = [JobContext(task_result=result, job=job, ticket=ticket)] if task.takes_context else []
    return task.call(*context, *result.args, **result.kwargs)


def _complete(ticket: JobTicket, job: QueuedJob, result: Any) -> None:
    job.finish(result)
    _discard(ticket)


def _discard(ticket: JobTicket) -> None:
    # Not ticket.delete(), which resets the key of the instance that the worker keeps.
    JobTicket.objects.filter(pk=ticket.pk).delete()


def _record_failure(
    ticket: JobTicket, job: QueuedJob, error: BaseException, *, is_last: bool
) -> None:
    try:
        with fenced_transaction(ticket):
            if is_last:
                job.fail(error)
                _discard(ticket)
            else:
                job.postpone(error)
                JobTicket.objects.filter(pk=ticket.pk).update(
                    lease_expires_at=None, run_at=Now() + wait_before_retry(ticket.attempts)
                )
    except LeaseLost:
        logger.warning("Lost the lease of a failed job: %s", job.task)
