"""What a process makes sure of before it serves."""

from __future__ import annotations

import logging
import time
from typing import Final

from django.db import InterfaceError, OperationalError, connection

from apps.tenants.isolation import verify_isolation

logger = logging.getLogger(__name__)

PAUSE: Final = 0.5


def wait_until_isolated() -> None:
    """Return once all walls are seen to stand; raise IsolationError where one has a gap.

    A worker that is replaced while the database is away must not give up: its supervisor takes
    workers that end twice for a fault of their own, and ends the server.
    """
    while not _is_isolated():
        time.sleep(PAUSE)


def _is_isolated() -> bool:
    try:
        verify_isolation()
    except (OperationalError, InterfaceError) as error:
        logger.warning("Waiting for the database: %s", str(error).strip())
        return False
    finally:
        connection.close()
    return True
