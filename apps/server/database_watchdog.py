"""Fail requests fast while the database is unresponsive.

If the database is frozen or the network drops its packets, no timeout of PostgreSQL applies.
"""

from __future__ import annotations

import logging
import os
import select
import socket
import threading
import time
import weakref
from contextlib import closing, suppress
from typing import Any, Final

import psycopg2
from django.db import connection as default_connection
from psycopg2.extensions import POLL_OK, POLL_READ, connection

logger = logging.getLogger(__name__)

#: Seconds between two pings, and the timeout of one. Their sum bounds the detection delay, which
#: must fit into the three seconds within which every request gets a response.
INTERVAL: Final = 0.5
TIMEOUT: Final = 1.5

APPLICATION_NAME: Final = "galleria-watchdog"


class WatchedConnection(connection):
    """A connection that fails fast and is aborted while the database is unresponsive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        watchdog.require_responsive()
        super().__init__(*args, **kwargs)
        # A duplicate: libpq may close its descriptor, and another file reuse the number, while the
        # watchdog's thread shuts it down.
        self._socket = socket.socket(fileno=os.dup(self.fileno()))
        weakref.finalize(self, self._socket.close)
        watchdog.watch(self)

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        watchdog.require_responsive()
        return super().cursor(*args, **kwargs)

    def abort(self) -> None:
        """Make the running statement of another thread fail."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)


class Ping:
    """A repeated query on a persistent connection."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        self._parameters = parameters
        self._connection: Any = None

    def responds(self, timeout: float) -> bool:
        """Return True if the database responds within `timeout` seconds, even with an error."""
        try:
            self._query(time.monotonic() + timeout)
        except TimeoutError:
            self.close()
            return False
        except (psycopg2.Error, OSError):
            self.close()
        return True

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _query(self, deadline: float) -> None:
        if self._connection is None:
            self._connection = psycopg2.connect(**self._parameters, async_=True)
            self._wait(deadline)
        with closing(self._connection.cursor()) as cursor:  # keeps a reference until the response
            cursor.execute("SELECT 1")
            self._wait(deadline)

    def _wait(self, deadline: float) -> None:
        while (state := self._connection.poll()) != POLL_OK:
            poller = select.poll()
            events = select.POLLIN if state == POLL_READ else select.POLLOUT
            poller.register(self._connection, events)
            # Poll once even after the deadline: this thread itself may have been delayed.
            if not poller.poll(max(0, deadline - time.monotonic()) * 1000):
                raise TimeoutError


class DatabaseWatchdog:
    """A thread that pings the default database and aborts its connections when it times out."""

    def __init__(self) -> None:
        self.is_unresponsive = False
        self._connections: weakref.WeakSet[WatchedConnection] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        parameters = default_connection.get_connection_params()
        for factory in ("connection_factory", "cursor_factory"):
            parameters.pop(factory, None)
        ping = Ping({**parameters, "application_name": APPLICATION_NAME})
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, args=[ping], daemon=True, name="watchdog")
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        self.is_unresponsive = False

    def watch(self, watched: WatchedConnection) -> None:
        with self._lock:
            self._connections.add(watched)

    def require_responsive(self) -> None:
        """Raise OperationalError while the database is unresponsive."""
        if self.is_unresponsive:
            raise psycopg2.OperationalError("The database does not respond.")

    def _run(self, ping: Ping) -> None:
        while not self._stopping.wait(0 if self.is_unresponsive else INTERVAL):
            is_unresponsive = not ping.responds(TIMEOUT)
            if is_unresponsive != self.is_unresponsive:
                self.is_unresponsive = is_unresponsive
                state = "is unresponsive" if is_unresponsive else "responds again"
                logger.error("The database %s.", state)
            if is_unresponsive:
                with self._lock:
                    connections = list(self._connections)
                for watched in connections:
                    watched.abort()
        ping.close()


watchdog = DatabaseWatchdog()
