"""Open shops by code, cached in the process for as long as PostgreSQL tells us of changes."""

from __future__ import annotations

import logging
import os
import select
import threading
import time
from collections import OrderedDict
from typing import Final

import psycopg2
from django.db import connection, transaction

from apps.tenants.exceptions import UnknownTenant
from apps.tenants.models import Tenant

logger = logging.getLogger(__name__)

#: The channel that a trigger on the registry notifies, with the code of the changed tenant.
CHANNEL: Final = "tenants"


class TenantCache:
    """Tenants, and the absence of tenants, by code. Bounded, and short of memory by design.

    Absent codes have a separate bound, so that made-up codes evict no tenant. The least recently
    used entry is evicted first. Entries live `lifetime` seconds at the most. A value that was
    read before the last `forget()` is not stored after it, so a slow reader cannot bring back what
    was dropped.
    """

    def __init__(
        self, lifetime: float = 5.0, capacity: int = 10_000, absent_capacity: int = 1_000
    ) -> None:
        self.lifetime = lifetime
        self.capacity = capacity
        self.absent_capacity = absent_capacity
        self._entries: OrderedDict[str, tuple[float, Tenant | None]] = OrderedDict()
        self._absent: OrderedDict[str, tuple[float, Tenant | None]] = OrderedDict()
        self._generation = 0
        self._lock = threading.Lock()

    @property
    def generation(self) -> int:
        """A number to read before a look-up and to hand to `store()` with its result."""
        return self._generation

    def get(self, code: str) -> tuple[bool, Tenant | None]:
        """Return whether `code` is known here, and its tenant."""
        with self._lock:
            entries = self._entries if code in self._entries else self._absent
            entry = entries.get(code)
            if entry is None or entry[0] < time.monotonic():
                return False, None
            entries.move_to_end(code)
        return True, entry[1]

    def last_seen(self, code: str) -> Tenant | None:
        """Return the open tenant that `code` had when it was last looked up, however long ago.

        For telling shops apart before anything is asked of the database; never to serve one.
        """
        entry = self._entries.get(code)
        return None if entry is None else entry[1]

    def was_absent(self, code: str) -> bool:
        """Return True if no open tenant had `code` when it was last looked up, however long ago."""
        return code in self._absent

    def store(self, code: str, tenant: Tenant | None, *, generation: int) -> None:
        with self._lock:
            if generation != self._generation:
                return
            self._drop(code)
            entries, capacity = self._entries, self.capacity
            if tenant is None:
                entries, capacity = self._absent, self.absent_capacity
            while len(entries) >= capacity:
                entries.popitem(last=False)
            entries[code] = (time.monotonic() + self.lifetime, tenant)

    def forget(self, code: str | None = None) -> None:
        """Drop one code, or all of them."""
        with self._lock:
            self._generation += 1
            if code is None:
                # Expired, yet last seen: refusals while the database is away are a shop's too.
                seen = ((each, (0.0, tenant)) for each, (_, tenant) in self._entries.items())
                self._entries = OrderedDict(seen)
                self._absent.clear()
            else:
                self._drop(code)

    def _drop(self, code: str) -> None:
        self._entries.pop(code, None)
        self._absent.pop(code, None)


class RegistryListener:
    """A thread that hears of every change to the registry and drops it from `cache`.

    `is_hearing` is true only while a notice is known to arrive: the connection is our own, it
    listens, and one sent to ourselves came back. Behind a pooler it never is.
    """

    def __init__(self, cache: TenantCache) -> None:
        self.cache = cache
        self.is_hearing = False
        self._process: int | None = None
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def ensure_started(self) -> None:
        """Start the thread of this process, once; a forked child starts its own."""
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process != os.getpid():
                self._process = os.getpid()
                self.is_hearing = False
                self._stopping = threading.Event()
                arguments = (connection.get_connection_params(), self._stopping)
                self._thread = threading.Thread(
                    target=self._run, args=arguments, daemon=True, name="registry-listener"
                )
                self._thread.start()

    def stop(self) -> None:
        """End the thread; the next look-up starts another."""
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
                logger.warning("Not listening for changes to the registry: %s", error)
            finally:
                self.is_hearing = False
                self.cache.forget()
            stopping.wait(1)

    def _listen(self, parameters: dict[str, object], stopping: threading.Event) -> None:
        ear = psycopg2.connect(**parameters)  # type: ignore[call-overload]
        try:
            ear.autocommit = True
            if _is_lent(ear):
                logger.info("Not listening: a pooler lends connections. Shops are not cached.")
                stopping.set()
                return
            with ear.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
                cursor.execute(f"NOTIFY {CHANNEL}")
            # Not select(): it takes no descriptor above 1023, and a busy server has those.
            word = select.poll()
            word.register(ear, select.POLLIN)
            while not stopping.is_set():
                if word.poll(500):
                    ear.poll()
                while ear.notifies:
                    self.cache.forget(ear.notifies.pop(0).payload or None)
                    self.is_hearing = True
        finally:
            ear.close()


def _is_lent(connection: psycopg2.extensions.connection) -> bool:
    """Tell whether a pooler stands between: it gives us an address of its own for cancelling.

    In transaction mode it lends the same connection to others: a notice that we send comes back
    to us, anybody else's goes to whoever has the connection then.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [(actual,)] = cursor.fetchall()
    return bool(actual != connection.info.backend_pid)


cache = TenantCache()
listener = RegistryListener(cache)


def resolve_tenant(code: str) -> Tenant:
    """Return the open tenant with this code; raise UnknownTenant for any other code.

    Answers come from memory while the listener hears, and from the database otherwise, so a
    suspended shop is gone from every process at once.
    """
    listener.ensure_started()
    known, tenant = cache.get(code) if listener.is_hearing else (False, None)
    if not known:
        generation = cache.generation
        tenant = Tenant.objects.filter(code=code, status=Tenant.Status.OPEN).first()
        cache.store(code, tenant, generation=generation)
    if tenant is None:
        raise UnknownTenant("No open shop has this code.")
    return tenant


def forget_changed(sender: object, instance: Tenant, using: str, **kwargs: object) -> None:
    """Drop a tenant that was saved here: this process need not wait for the notice."""
    transaction.on_commit(lambda: cache.forget(instance.code), using=using)
