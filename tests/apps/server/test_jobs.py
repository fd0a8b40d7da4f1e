"""The processes that run jobs, and what is shown of them."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from io import StringIO

import psutil
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.jobs.models import Job, JobTicket
from apps.tenants.context import tenant_context
from tests.apps.jobs import tasks
from tests.apps.jobs.factories import make_job
from tests.processes import (
    DEADLINE,
    ROOT,
    environment,
    is_alive,
    serving,
    until,
    variables_of_test_database,
)

committed = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def work(*arguments: str, role: str = "default", **variables: str) -> subprocess.Popen[str]:
    variables = {**variables_of_test_database(role), **variables}
    return subprocess.Popen(
        [sys.executable, "manage.py", "work", *arguments],
        cwd=ROOT,
        env=environment(**variables),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@committed
def test_worker_runs_committed_jobs_and_ends_on_sigterm(in_acme):
    tasks.insert.enqueue()
    process = work()
    try:
        until(lambda: Job.objects.get().status == Job.Status.DONE)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=DEADLINE)

    assert process.returncode == 0


@committed
def test_work_once_ends_by_itself(in_acme):
    tasks.insert.enqueue()

    output, _ = work("--once").communicate(timeout=DEADLINE)

    assert "Ran 1 jobs." in output
    assert Job.objects.get().status == Job.Status.DONE


@committed
def test_worker_refuses_a_role_that_bypasses_isolation(in_acme):
    tasks.insert.enqueue()
    process = work("--once", role="owner")

    output, _ = process.communicate(timeout=DEADLINE)

    assert process.returncode == 1
    assert "the isolation of shops is violated" in output
    assert Job.objects.get().status == Job.Status.QUEUED


def spawned_by(server) -> list[psutil.Process]:
    """Return the worker of jobs and the parent of those of requests, in the order of start."""
    children = psutil.Process(server.process.pid).children()
    spawned = [each for each in children if "--multiprocessing-fork" in each.cmdline()]
    return sorted(spawned, key=lambda each: each.create_time())


def test_server_restarts_its_job_worker_and_stops_it(data_dir):
    with serving(data_dir, JOB_WORKERS=1, WORKERS=1, DEMO=0) as server:
        until(lambda: len(spawned_by(server)) == 2)
        [jobs] = [process for process in spawned_by(server) if not process.children()]
        assert "DATABASE_OWNER_URL" not in jobs.environ()
        jobs.kill()
        until(lambda: "A job worker has ended with -9." in server.output)
        until(lambda: len(spawned_by(server)) == 2)
        workers = spawned_by(server)

        assert server.press_ctrl_c() == 0

    until(lambda: not any(map(is_alive, workers)))


@committed
def test_readiness_reports_late_jobs_and_stays_ready(in_acme, acme_client):
    tasks.note.enqueue()
    assert acme_client.get("/readyz").json() == {"status": "ok", "jobs": "ok"}
    JobTicket.objects.update(run_at=timezone.now() - timedelta(seconds=90))

    answer = acme_client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "jobs": "late"})


@committed
def test_jobs_are_listed_by_shop(acme, globex):
    with tenant_context(acme):
        tasks.note.enqueue("the-secret")
        failed = make_job()
        Job.objects.filter(pk=failed.pk).update(finished_at=timezone.now())
    with tenant_context(globex):
        tasks.note.enqueue()
    everything, one = StringIO(), StringIO()

    call_command("list_jobs", stdout=everything)
    call_command("list_jobs", "acme", stdout=one)

    assert "globex: 1 queued" in everything.getvalue()
    assert "acme: 1 failed, 1 queued" in one.getvalue()
    assert failed.error in one.getvalue()
    assert "globex" not in one.getvalue()
    assert "the-secret" not in one.getvalue()
    with pytest.raises(CommandError, match="no shop"):
        call_command("list_jobs", "nobody")
