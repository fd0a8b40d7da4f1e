"""Jobs for tests, in the active tenant."""

from __future__ import annotations

from itertools import count

from apps.jobs.models import Job

_numbers = count(1)


def make_job() -> Job:
    """Return a finished job."""
    return Job.objects.create(
        task="tests.apps.jobs.tasks.note",
        arguments={"args": [], "kwargs": {}},
        status=Job.Status.FAILED,
        error=f"builtins.ValueError: number {next(_numbers)}",
    )
