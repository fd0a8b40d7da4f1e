"""Tasks that lack what the drills show to be needed."""

from __future__ import annotations

from contextlib import nullcontext
from uuid import UUID

from apps.jobs.tasks import task
from apps.products.imports.running import run_import


@task(atomic=False, max_attempts=1_000)
def import_without_transactions(import_id: str) -> None:
    run_import(UUID(import_id), batch_transaction=nullcontext)
