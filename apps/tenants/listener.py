from __future__ import annotations

import logging
import os
import select
import threading
from typing import Final

import psycopg2
from django.db import connection as django_connection

from apps.tenants.cache import NoticedCache, TenantCache, tenant_cache

logger = logging.getLogger(__name__)

#: The channel that a trigger on the table of tenants notifies with the code of the changed row.
CHANNEL: Final = "tenants"
#: Milliseconds without a notice after which the connection is asked to prove that it lives.
HEARTBEAT: Final = 500


class TenantListener:
    """A thread that receives notices of changes and drops what has changed from caches.

    `caches` are by the channel of their notices, whose payload is the entry's key. `is_listening`
    is True only while notices are proven to arrive: the connection is not shared, has received a
    notice that it sent, and answers. Behind a pooler it is never True.
    """

    def __init__(self, cache: TenantCache) -> None:
        self.caches: dict[str, TenantCache | NoticedCache] = {CHANNEL: cache}
        self.is_listening = False
        self._process: int | None = None
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def ensure_started(self) -> None:
        """Start the thread once for each process; a forked child starts another."""
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process != os.getpid():
                self._process = os.getpid()
                self.is_listening = False
                self._stopping = threading.Event()
                arguments = (django_connection.get_connection_params(), self._stopping)
                self._thread = threading.Thread(
                    target=self._run, args=arguments, daemon=True, name="tenant-listener"
                )
                self._thread.start()

    def stop(self) -> None:
        """Stop the thread; the next look-up starts another."""
        with self._lock:
            if self._thread is not None and self._process == os.getpid():
                self._stopping.set()
                self._thread.join()
            self._process = self._thread = None

    def _run(self, parameters: dict[str, object], stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                self._listen(parameters, stopping)
            except (psycopg2.Error, OSError) as error:
                logger.warning("Not listening for changes of tenants: %s", error)
            finally:
                self.is_listening = False
                self._forget_all()
            stopping.wait(1)

    def _listen(self, parameters: dict[str, object], stopping: threading.Event) -> None:
        connection = psycopg2.connect(**parameters)  # type: ignore[call-overload]
        try:
            connection.autocommit = True
            if is_pooled(connection):
                logger.info("Not listening: a pooler shares connections. Tenants are not cached.")
                stopping.set()
                return
            with connection.cursor() as cursor:
                for channel in self.caches:
                    cursor.execute(f"LISTEN {channel}")
                self._forget_all()  # a change before that was not noticed
                cursor.execute(f"NOTIFY {CHANNEL}")
                # Not select(), which is limited to descriptors below 1024.
                poller = select.poll()
                poller.register(connection, select.POLLIN)
                while not stopping.is_set():
                    if poller.poll(HEARTBEAT):
                        connection.poll()
                    else:
                        cursor.execute("SELECT 1")
                    self._forget_changed(connection)
        finally:
            connection.close()

    def _forget_all(self) -> None:
        for cache in self.caches.values():
            cache.forget()

    def _forget_changed(self, connection: psycopg2.extensions.connection) -> None:
        while connection.notifies:
            notice = connection.notifies.pop(0)
            self.caches[notice.channel].forget(notice.payload or None)
            self.is_listening = True


def is_pooled(connection: psycopg2.extensions.connection) -> bool:
    """Return True behind a pooler, which reports a backend PID other than the server's.

    In transaction mode it shares the connection, so that notices reach any of its clients.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [(actual,)] = cursor.fetchall()
    return bool(actual != connection.info.backend_pid)


tenant_listener = TenantListener(tenant_cache)
