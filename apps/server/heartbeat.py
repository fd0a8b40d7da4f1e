"""Notices when the database falls silent, so that nobody waits for it.

A database that is stopped, or behind a broken network, refuses nothing: the kernel still takes
what we send, and no time-out of PostgreSQL's own runs out. Only a clock on our side tells.
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

#: Seconds between two pings, and how long one may take. Together they are how late silence is
#: noticed, and have to leave room below the three seconds in which a request is answered.
INTERVAL: Final = 0.5
PATIENCE: Final = 1.5

APPLICATION_NAME: Final = "galleria-heartbeat"


class WatchedConnection(connection):
    """A connection that asks a silent database nothing, and is broken off when it falls silent.

    Either way its user gets an OperationalError.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        heartbeat.require_sound()
        super().__init__(*args, **kwargs)
        # A descriptor of its own: libpq may close its one, and its number be another file's,
        # at the moment at which the heartbeat's thread wants to break it off.
        self._line = os.dup(self.fileno())
        weakref.finalize(self, os.close, self._line)
        heartbeat.watch(self)

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        heartbeat.require_sound()
        return super().cursor(*args, **kwargs)

    def break_off(self) -> None:
        """Wake whoever waits for an answer on this connection, from another thread."""
        with suppress(OSError), socket.socket(fileno=os.dup(self._line)) as line:
            line.shutdown(socket.SHUT_RDWR)


class Ping:
    """A question to the database, on a connection of its own."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        self._parameters = parameters
        self._line: Any = None

    def is_heard(self, patience: float) -> bool:
        """Ask, and tell whether an answer came in time. An error is an answer, a refusal too."""
        deadline = time.monotonic() + patience
        try:
            heard = self._ask(deadline)
        except (psycopg2.Error, OSError):
            self.hang_up()
            return True
        if not heard:
            self.hang_up()
        return heard

    def hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _ask(self, deadline: float) -> bool:
        if self._line is None:
            self._line = psycopg2.connect(**self._parameters, async_=True)
            if not self._wait(deadline):
                return False
        with closing(self._line.cursor()) as cursor:  # the answer is lost on a cursor that is gone
            cursor.execute("SELECT 1")
            return self._wait(deadline)

    def _wait(self, deadline: float) -> bool:
        while (wanted := self._line.poll()) != POLL_OK:
            poll = select.poll()
            poll.register(self._line, select.POLLIN if wanted == POLL_READ else select.POLLOUT)
            # At least one look after the deadline: it may be this thread that was kept waiting.
            if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
                return False
        return True


class Heartbeat:
    """A thread that pings the database; while it hears nothing, `require_sound()` raises."""

    def __init__(self) -> None:
        self.is_silent = False
        self._connections: weakref.WeakSet[WatchedConnection] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Watch over the default database's connections of this process."""
        parameters = default_connection.get_connection_params()
        for factory in ("connection_factory", "cursor_factory"):
            parameters.pop(factory, None)
        parameters["application_name"] = APPLICATION_NAME
        self._stopping.clear()
        self._thread = threading.Thread(
            target=self._run, args=[Ping(parameters)], daemon=True, name="heartbeat"
        )
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        self.is_silent = False

    def watch(self, watched: WatchedConnection) -> None:
        with self._lock:
            self._connections.add(watched)

    def require_sound(self) -> None:
        """Raise OperationalError while the database is silent."""
        if self.is_silent:
            raise psycopg2.OperationalError("The database does not answer.")

    def _run(self, ping: Ping) -> None:
        while not self._stopping.wait(0 if self.is_silent else INTERVAL):
            is_silent = not ping.is_heard(PATIENCE)
            if is_silent != self.is_silent:
                self.is_silent = is_silent
                logger.error("The database %s.", "fell silent" if is_silent else "answers again")
            if is_silent:
                self._break_off()
        ping.hang_up()

    def _break_off(self) -> None:
        with self._lock:
            connections = list(self._connections)
        for watched in connections:
            watched.break_off()


heartbeat = Heartbeat()
