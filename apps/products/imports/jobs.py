from __future__ import annotations

import logging
from uuid import UUID

from django.db import InterfaceError, OperationalError

from apps.jobs.exceptions import LeaseLost
from apps.jobs.tasks import JobContext, task
from apps.products.imports.running import abandon_import, run_import

logger = logging.getLogger(__name__)


# A killed worker costs an attempt, and an import of an hour may see many.
@task(atomic=False, takes_context=True, max_attempts=1_000)
def import_products(context: JobContext, import_id: str) -> None:
    """Run an import, continued after the last batch that an earlier attempt has committed."""
    try:
        run_import(UUID(import_id), batch_transaction=context.fenced_transaction)
    except (LeaseLost, OperationalError, InterfaceError):
        raise  # another attempt continues
    except Exception:
        logger.exception("The import %s failed", import_id)
        abandon_import(UUID(import_id))
