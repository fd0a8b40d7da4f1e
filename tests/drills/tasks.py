"""Tasks that lack what the drills show to be needed."""

from __future__ import annotations

from uuid import UUID

from apps.jobs.tasks import task
from apps.products.imports.running import run_import
from apps.products.models import ProductImport


@task(atomic=False, max_attempts=10_000)
def import_from_the_start(import_id: str) -> None:
    """Run an import, and again from its first row after an interruption."""
    ProductImport.objects.filter(pk=import_id).update(position=0)
    run_import(UUID(import_id))
