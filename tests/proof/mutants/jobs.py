"""Mutants of the job queue."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import Context
from types import SimpleNamespace

from django.db import transaction

from apps.jobs import execution, lease, managers
from apps.jobs.managers import JobTicketManager
from tests.proof.mutants.mutant import instead_of, mutant, replace

OF_QUEUE = "tests/apps/jobs/test_queue.py"
OF_LEASE = "tests/apps/jobs/test_lease.py"


@mutant(f"{OF_QUEUE}::test_job_runs_with_the_tenant_that_enqueued_it")
@instead_of(execution._call)
def job_without_tenant(original, *args):
    """The task of a job runs without the job's tenant."""
    return Context().run(original, *args)


@mutant(f"{OF_QUEUE}::test_job_leaves_no_state_for_the_next")
def job_of_the_last_tenant(patch):
    """A job runs with the tenant that the job before it left active."""
    patch.setattr(
        execution, "Context", lambda: SimpleNamespace(run=lambda function, *args: function(*args))
    )


@mutant(f"{OF_LEASE}::test_overtaken_worker_neither_completes_nor_writes")
def lease_without_fence(patch):
    """A worker that lost its lease completes the job."""

    @contextmanager
    def unfenced(ticket):
        with transaction.atomic():
            yield

    replace(patch, lease.fenced_transaction, unfenced)


@mutant(f"{OF_QUEUE}::test_tenants_take_turns")
@instead_of(JobTicketManager.claim)
def first_tenant_first(original, self, *, lease, after=None, busy=()):
    """One tenant's jobs are all run before those of the next."""
    return original(self, lease=lease, busy=busy)


@mutant(f"{OF_QUEUE}::test_claimed_job_is_not_claimed_again_before_its_lease_expires")
def claim_of_leased_jobs(patch):
    """A job is claimed while another worker has its lease."""
    statement = managers._CLAIM.replace(
        "AND (lease_expires_at IS NULL OR lease_expires_at < now())", ""
    )
    if statement == managers._CLAIM:
        raise AttributeError("The claim has another condition.")
    patch.setattr(managers, "_CLAIM", statement)
