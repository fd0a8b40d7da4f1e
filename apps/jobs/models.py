from __future__ import annotations

from typing import Any, ClassVar, Final, Self
from uuid import UUID

import uuid_utils.compat
from django.db import models
from django.db.models.functions import Now
from django.utils.module_loading import import_string
from django_tasks import TaskResult, TaskResultStatus
from django_tasks.base import TaskError
from django_tasks.exceptions import InvalidTaskError
from django_tasks.utils import normalize_json

from apps.jobs.managers import JobTicketManager
from apps.jobs.tasks import JobTask
from apps.tenants.models import TenantOwnedModel

#: The partition of jobs without a tenant.
PLATFORM: Final = UUID(int=0)
_LONGEST_ERROR: Final = 1000


class QueuedJob(models.Model):
    """A call of a task. Its ticket, with the same id, exists until the job is done or failed."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    task = models.CharField(max_length=200)
    arguments = models.JSONField()
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.QUEUED)
    # What the task has returned or, while it runs, the progress that it has recorded.
    result = models.JSONField(null=True)
    # The class and message of the last exception.
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    enqueued_at = models.DateTimeField(db_default=Now(), editable=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.task} {self.pk}"

    def get_task(self) -> JobTask[Any, Any]:
        """Return the task; raise InvalidTaskError if the code no longer has it."""
        try:
            task = import_string(self.task)
        except ImportError as error:
            raise InvalidTaskError(f"There is no task {self.task}.") from error
        if not isinstance(task, JobTask):
            raise InvalidTaskError(f"{self.task} is not a task.")
        return task

    def start(self, attempts: int) -> None:
        self.attempts = attempts
        self._update(status=self.Status.RUNNING, attempts=attempts, started_at=Now())

    def record_progress(self, progress: Any) -> None:
        self.result = normalize_json(progress)
        self._update(result=self.result)

    def finish(self, result: Any) -> None:
        """Mark the job as done."""
        values = {"result": normalize_json(result), "error": "", "finished_at": Now()}
        self._update(status=self.Status.DONE, **values)

    def postpone(self, error: BaseException) -> None:
        self._update(status=self.Status.QUEUED, error=describe(error))

    def fail(self, error: BaseException) -> None:
        self._update(status=self.Status.FAILED, error=describe(error), finished_at=Now())

    def as_result(self, task: JobTask[Any, Any] | None = None) -> TaskResult[Any]:
        """Return the job as a TaskResult of django-tasks."""
        path, _, message = self.error.partition(": ")
        result: TaskResult[Any] = TaskResult(
            task=task or self.get_task(),
            id=str(self.pk),
            status=_STATUSES[self.Status(self.status)],
            enqueued_at=self.enqueued_at,
            started_at=self.started_at,
            finished_at=self.finished_at,
            last_attempted_at=self.started_at,
            args=self.arguments["args"],
            kwargs=self.arguments["kwargs"],
            backend="default",
            errors=[TaskError(exception_class_path=path, traceback=message)] if path else [],
            worker_ids=["worker"] * self.attempts,
        )
        object.__setattr__(result, "_return_value", self.result)
        return result

    def _update(self, **values: Any) -> None:
        type(self)._default_manager.filter(pk=self.pk).update(**values)


class Job(QueuedJob, TenantOwnedModel):
    """A job of one tenant, which is active while it runs."""

    class Meta(TenantOwnedModel.Meta):
        db_table = "jobs"
        indexes = [
            models.Index(fields=["tenant", "status", "enqueued_at"], name="jobs_job_status"),
        ]


class PlatformJob(QueuedJob):
    """A job without a tenant. Its row is deleted once it is done, as the table is shared."""

    id = models.UUIDField(primary_key=True, default=uuid_utils.compat.uuid7, editable=False)

    granted_privileges = frozenset({"SELECT", "INSERT", "DELETE"})
    updatable_columns = ("attempts", "error", "finished_at", "result", "started_at", "status")

    class Meta:
        db_table = "platform_jobs"

    def finish(self, result: Any) -> None:
        type(self).objects.filter(pk=self.pk).delete()


class JobTicket(models.Model):
    """The place in the queue of the job with the same id, without any content of the job.

    Shared by all tenants, because workers look for work without a tenant. Deleted with the last
    attempt. A lease is valid while `fence` is unchanged; times are PostgreSQL's.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    # The id of the tenant, or PLATFORM. Not called tenant_id, which only tenant-owned tables have.
    partition = models.UUIDField(editable=False)
    queue = models.CharField(max_length=32, editable=False)
    priority = models.SmallIntegerField(editable=False)
    run_at = models.DateTimeField(db_default=Now())
    lease_expires_at = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[JobTicketManager[Self]] = JobTicketManager()

    granted_privileges = frozenset({"SELECT", "INSERT", "DELETE"})
    updatable_columns = ("attempts", "fence", "lease_expires_at", "run_at")

    class Meta:
        db_table = "job_tickets"
        indexes = [
            models.Index(fields=["partition", "-priority", "run_at", "id"], name="jobs_next"),
            models.Index(fields=["partition", "queue"], name="jobs_queue"),
            models.Index(fields=["run_at"], name="jobs_late"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


_STATUSES: Final = {
    QueuedJob.Status.QUEUED: TaskResultStatus.READY,
    QueuedJob.Status.RUNNING: TaskResultStatus.RUNNING,
    QueuedJob.Status.DONE: TaskResultStatus.SUCCESSFUL,
    QueuedJob.Status.FAILED: TaskResultStatus.FAILED,
}


def describe(error: BaseException) -> str:
    """Return the class and the message of an exception, without its traceback."""
    kind = type(error)
    text = f"{kind.__module__}.{kind.__qualname__}: {error}"
    return text.replace("\x00", "")[:_LONGEST_ERROR]
