from __future__ import annotations

import json
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django_tasks import TaskResult
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task
from django_tasks.exceptions import TaskResultDoesNotExist

from apps.jobs.exceptions import JobQueueFull
from apps.jobs.models import PLATFORM, Job, JobTicket, PlatformJob
from apps.jobs.tasks import JobTask
from apps.tenants.context import get_active_tenant_id

#: The channel that wakes the workers.
CHANNEL: Final = "jobs"


class DatabaseBackend(BaseTaskBackend):
    """A backend of django-tasks that stores jobs in the caller's transaction.

    A rollback drops the job and the commit shows it to the workers. The job runs with the tenant
    that is active now, or as a job of the platform if none is. `apps.jobs.worker` runs it.
    """

    task_class = JobTask
    supports_defer = True
    supports_priority = True
    supports_get_result = True

    def __init__(self, alias: str, params: dict[str, Any]) -> None:
        super().__init__(alias, {**params, "QUEUES": list(settings.JOB_QUOTAS)})

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        """Store a job; raise TypeError for arguments that are not JSON, or JobQueueFull."""
        assert isinstance(task, JobTask)  # noqa: S101 -- `@task` makes no other
        self.validate_task(task)
        arguments = _as_json({"args": args, "kwargs": kwargs})
        require_room(task.queue_name)
        partition = get_active_tenant_id() or PLATFORM
        with transaction.atomic():
            jobs = PlatformJob.objects if partition == PLATFORM else Job.objects
            job = jobs.create(task=task.module_path, arguments=arguments)
            run_at = {} if task.run_after is None else {"run_at": task.run_after}
            JobTicket.objects.create(
                id=job.pk,
                partition=partition,
                queue=task.queue_name,
                priority=task.priority,
                **run_at,
            )
            with connection.cursor() as cursor:
                cursor.execute(f"NOTIFY {CHANNEL}")
        return job.as_result(task)

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """Return a job of the active tenant, or of the platform if there is none."""
        jobs = PlatformJob.objects if get_active_tenant_id() is None else Job.objects
        try:
            return jobs.get(pk=result_id).as_result()
        except (Job.DoesNotExist, PlatformJob.DoesNotExist, ValidationError) as error:
            raise TaskResultDoesNotExist(result_id) from error


def require_room(queue: str) -> None:
    """Raise JobQueueFull if the active tenant has as many jobs in `queue` as JOB_QUOTAS allows."""
    quota = settings.JOB_QUOTAS[queue]
    partition = get_active_tenant_id() or PLATFORM
    if JobTicket.objects.count_up_to(quota, partition=partition, queue=queue) >= quota:
        raise JobQueueFull(queue)


def _as_json(arguments: dict[str, Any]) -> Any:
    try:
        return json.loads(json.dumps(arguments, allow_nan=False))
    except ValueError as error:
        raise TypeError(f"Arguments of a job must be JSON: {error}") from error
