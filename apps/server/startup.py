"""What a process does before it serves."""

from __future__ import annotations

import logging
import time
from typing import Final

from django.db import InterfaceError, OperationalError, connection

from apps.api.docs import build_documents
from apps.server.database_watchdog import watchdog
from apps.server.process_signals import exit_with_parent
from apps.tenants.isolation import verify_isolation

logger = logging.getLogger(__name__)

RETRY_SECONDS: Final = 0.5


def prepare_worker() -> None:
    """Prepare this process for requests; raise IsolationError if isolation is incomplete."""
    exit_with_parent()
    watchdog.start()
    wait_until_isolated()
    build_documents()


def wait_until_isolated() -> None:
    """Return once the isolation is verified, waiting for a database that cannot be reached.

    A worker must not exit because the database is away: its supervisor takes workers that exit
    twice for broken, and ends the server.
    """
    while not _is_isolated():
        time.sleep(RETRY_SECONDS)


def _is_isolated() -> bool:
    try:
        verify_isolation()
    except (OperationalError, InterfaceError) as error:
        logger.warning("Waiting for the database: %s", str(error).strip())
        return False
    finally:
        connection.close()
    return True
