"""Jobs of workers that are killed, and of a shop with a busy neighbour."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db.models import F

from apps.jobs.models import Job, JobTicket
from apps.jobs.tasks import JobTask
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.throttling.models import TenantCounter
from tests.apps.jobs import tasks
from tests.apps.jobs.runs import run_all_jobs
from tests.drills.figures import published
from tests.drills.kills import kill_workers
from tests.processes import ROOT, environment, until, variables_of_test_database

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

KILLS, CONTROL_KILLS = 1_000, 200
LONGEST_LIFE = 0.05
#: More than the workers can run before the last kill.
JOBS, CONTROL_JOBS = 9_000, 2_500
BUSY_JOBS, SAMPLES = 10_000, 20


@dataclass
class Losses:
    interrupted: int  # attempts that ended with their worker
    lost: int
    doubled: int


def enqueue_many(task: JobTask, count: int) -> None:
    """Store jobs as enqueue() does, in three statements."""
    jobs = Job.objects.bulk_create(
        Job(task=task.module_path, arguments={"args": [n], "kwargs": {}}) for n in range(count)
    )
    partition = jobs[0].tenant_id
    tickets = [
        JobTicket(id=job.pk, partition=partition, queue="default", priority=0) for job in jobs
    ]
    JobTicket.objects.bulk_create(tickets)


def count_losses(task: JobTask, jobs: int, kills: int) -> Losses:
    """Kill workers while they run jobs that insert one row each, and count the rows."""
    enqueue_many(task, jobs)
    kill_workers(kills, LONGEST_LIFE)
    run_all_jobs()
    rows = Counter(
        int(subject.split()[0])
        for subject in TenantCounter.objects.values_list("subject", flat=True)
    )
    again = Job.objects.filter(attempts__gt=1).values_list(F("attempts") - 1, flat=True)
    return Losses(sum(again), jobs - len(rows), sum(1 for count in rows.values() if count > 1))


@contextmanager
def working() -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "work"],
        cwd=ROOT,
        env=environment(**variables_of_test_database()),
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def longest_wait(busy: Tenant, neighbour: Tenant) -> float:
    """Return the seconds until a single job is done while another shop has 10,000."""
    with tenant_context(busy):
        Job.objects.all().delete()  # so that the first one done shows that the worker has started
        enqueue_many(tasks.insert_numbered, BUSY_JOBS)
    waits = []
    with working():
        with tenant_context(busy):
            until(lambda: Job.objects.filter(status=Job.Status.DONE).exists())
        for _ in range(SAMPLES):
            with tenant_context(neighbour):
                began = time.monotonic()
                job = tasks.insert.enqueue()
                until(lambda job=job: Job.objects.get(pk=job.id).status == Job.Status.DONE)
                waits.append(time.monotonic() - began)
            time.sleep(0.1)
    with tenant_context(busy):
        assert Job.objects.filter(status=Job.Status.QUEUED).exists(), "The shop was not busy."
    return max(waits)


def test_jobs_survive_kills_and_neighbours(acme, globex):
    with published("jobs", 3) as table:
        with tenant_context(acme):
            killed = count_losses(tasks.insert_numbered, JOBS, KILLS)
            TenantCounter.objects.all().delete()
            Job.objects.all().delete()
            control = count_losses(
                tasks.insert_numbered_without_atomic, CONTROL_JOBS, CONTROL_KILLS
            )
        waited = longest_wait(acme, globex)
        table.add(
            f"{KILLS} kills of a worker at random moments, {killed.interrupted} of them in a job",
            "",
            "0 jobs lost, 0 doubled",
            f"{killed.lost} lost, {killed.doubled} doubled",
            met=(killed.lost, killed.doubled) == (0, 0),
        )
        table.add(
            f"control: {CONTROL_KILLS} kills, tasks that are not atomic",
            "",
            "0 lost, some doubled",
            f"{control.lost} lost, {control.doubled} doubled",
            met=control.lost == 0 < control.doubled,
        )
        table.add(
            f"one job of a shop, {SAMPLES} times, while another has {BUSY_JOBS:,} waiting",
            "",
            "at most 1 s",
            f"{waited:.2f} s",
            met=waited <= 1,
        )

    assert (killed.lost, killed.doubled) == (0, 0)
    assert killed.interrupted > 0
    assert control.lost == 0 < control.doubled
    assert waited <= 1
