from __future__ import annotations

import select

from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_INERROR


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's backend for PostgreSQL, which checks a kept connection without a statement."""

    def is_usable(self) -> bool:
        """Return False if the server has closed the connection, or its transaction has failed.

        A server that ends a connection says so, and sends nothing else while it is idle. One that
        does not respond at all is the watchdog's business.
        """
        if self.connection is None or self.connection.closed:
            return False
        if self.connection.info.transaction_status == TRANSACTION_STATUS_INERROR:
            return False
        poller = select.poll()
        poller.register(self.connection.fileno(), select.POLLIN)
        return not poller.poll(0)
