from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.jobs.models import Job, PlatformJob
from apps.jobs.retention import delete_old_jobs
from apps.tenants.context import tenant_context
from tests.apps.jobs import tasks
from tests.apps.jobs.factories import make_job

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def test_jobs_without_a_ticket_are_deleted_after_the_retention(acme, globex, settings):
    old = timezone.now() - settings.JOB_RETENTION - timedelta(hours=1)
    for tenant in (acme, globex):
        with tenant_context(tenant):
            make_job()
            tasks.note.enqueue("still waiting")
            Job.objects.update(enqueued_at=old)
            make_job()
    PlatformJob.objects.create(task="x", arguments={}, status="failed")

    assert delete_old_jobs() == 2

    for tenant in (acme, globex):
        with tenant_context(tenant):
            assert Job.objects.count() == 2
    assert PlatformJob.objects.count() == 1
