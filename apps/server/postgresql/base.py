from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's backend for PostgreSQL, which checks a kept connection without a statement."""

    def is_usable(self) -> bool:
        """Return False if the server has closed the connection.

        A server that ends a connection says so, and sends nothing else while it is idle. One that
        does not respond at all is the watchdog's business.
        """
        if self.connection is None or self.connection.closed:
            return False
        poller = select.poll()
        poller.register(self.connection.fileno(), select.POLLIN)
        return not poller.poll(0)
