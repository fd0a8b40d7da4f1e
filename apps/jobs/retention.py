from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.jobs.models import Job, JobTicket, PlatformJob
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant


def delete_old_jobs() -> int:
    """Delete jobs that ended, or lost their ticket, JOB_RETENTION ago; return their number.

    A job without a ticket never runs: it was restored from a backup.
    """
    deleted = _delete(PlatformJob.objects)
    for tenant in Tenant.objects.order_by("pk"):
        with tenant_context(tenant):
            deleted += _delete(Job.objects)
    return deleted


def _delete(jobs: Any) -> int:
    has_ticket = models.Exists(JobTicket.objects.filter(pk=models.OuterRef("pk")))
    old = jobs.filter(enqueued_at__lt=Now() - settings.JOB_RETENTION)
    deleted: int = old.filter(~has_ticket).delete()[0]
    return deleted
