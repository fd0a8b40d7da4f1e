from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import InterfaceError, OperationalError, transaction
from django.db.models.functions import Now

from apps.jobs.backends import require_room
from apps.jobs.exceptions import LeaseLost
from apps.jobs.models import Job
from apps.jobs.tasks import JobContext, task
from apps.products.imports.running import abandon_import, run_import
from apps.products.imports.uploads import store_import
from apps.products.models import ProductImport

logger = logging.getLogger(__name__)


# A killed worker costs an attempt, and an import of an hour may see many.
@task(atomic=False, takes_context=True, max_attempts=1_000, queue_name="imports")
def import_products(context: JobContext, import_id: str) -> None:
    """Run an import, continued after the last batch that an earlier attempt has committed."""
    try:
        run_import(UUID(import_id), batch_transaction=context.fenced_transaction)
    except (LeaseLost, OperationalError, InterfaceError):
        raise  # another attempt continues
    except Exception:
        logger.exception("The import %s failed", import_id)
        abandon_import(UUID(import_id))


#: After this time, an import without a job is lost, and one that has ended is deleted.
LOST, OLD = timedelta(days=1), timedelta(days=90)


def queue_import(
    file: File[bytes], *, filename: str, user: Any, dry_run: bool = False
) -> ProductImport:
    """Store a file and enqueue its import; raise JobQueueFull if too many of the shop wait."""
    _tidy()
    require_room(import_products.queue_name)  # before the file is stored
    with transaction.atomic():
        queued = store_import(file, filename=filename, user=user, dry_run=dry_run)
        import_products.enqueue(str(queued.pk))
    return queued


def _tidy() -> None:
    """End imports that no job continues, such as of a suspended shop, and delete old ones."""
    active = Job.objects.filter(
        task=import_products.module_path, status__in=[Job.Status.QUEUED, Job.Status.RUNNING]
    )
    continued = {job.arguments["args"][0] for job in active}
    unfinished = ProductImport.objects.filter(finished_at=None, created_at__lt=Now() - LOST)
    for pk in unfinished.values_list("pk", flat=True):
        if str(pk) not in continued:
            abandon_import(pk)
    ProductImport.objects.filter(finished_at__lt=Now() - OLD).delete()
