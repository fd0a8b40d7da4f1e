from __future__ import annotations

import logging
import time
from typing import Final

from django.db import InterfaceError, OperationalError, connection

from apps.server.database_watchdog import watchdog
from apps.server.process_signals import exit_with_parent
from apps.tenants.isolation import verify_isolation

logger = logging.getLogger(__name__)

RETRY_SECONDS: Final = 0.5


def prepare_process() -> None:
    """Prepare this process for the data of tenants; raise IsolationError if not isolated."""
    exit_with_parent()
    watchdog.start()
    wait_until_isolated()


def wait_until_isolated() -> None:
    """Verify the isolation of tenants, once the database can be reached.

    A worker must not exit while it cannot: the supervisor stops the server after a second exit.
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
