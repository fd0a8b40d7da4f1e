from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.tenants.models import Tenant


class TenantCache:
    """A bounded cache of tenants by code, including negative lookups.

    Notices of changes keep it current, and entries expire after `lifetime` seconds all the same.
    Absent codes have a separate bound, so that made-up codes evict no tenant. The least recently
    used entry is evicted first. A value that was read before the last `forget()` is not stored
    after it: a slow reader cannot restore what was dropped.
    """

    def __init__(
        self, lifetime: float = 600.0, capacity: int = 10_000, absent_capacity: int = 1_000
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
        """The number to read before a look-up and to pass to `store()` with its result."""
        return self._generation

    def get(self, code: str) -> tuple[bool, Tenant | None]:
        """Return (True, tenant or None) if `code` is cached, else (False, None)."""
        with self._lock:
            entries = self._entries if code in self._entries else self._absent
            entry = entries.get(code)
            if entry is None or entry[0] < time.monotonic():
                return False, None
            entries.move_to_end(code)
        return True, entry[1]

    def last_seen(self, code: str) -> Tenant | None:
        """Return the open tenant that `code` had when it was last looked up, however long ago.

        Use it only to distinguish tenants before any query, never to serve one.
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
        """Drop one code, or all codes."""
        with self._lock:
            self._generation += 1
            if code is None:
                # Expired, but kept for last_seen().
                seen = ((each, (0.0, tenant)) for each, (_, tenant) in self._entries.items())
                self._entries = OrderedDict(seen)
                self._absent.clear()
            else:
                self._drop(code)

    def _drop(self, code: str) -> None:
        self._entries.pop(code, None)
        self._absent.pop(code, None)


tenant_cache = TenantCache()


class NoticedCache:
    """A bounded cache of values by tenant id, from which notices drop what has changed.

    The oldest value is evicted first. As in a TenantCache, a value that was read before the last
    `forget()` is not stored after it.
    """

    def __init__(self, capacity: int = 10_000) -> None:
        self.capacity = capacity
        self.generation = 0
        self._values: OrderedDict[str, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tenant_id: UUID) -> Any:
        """Return the value of a tenant, or None."""
        return self._values.get(str(tenant_id))

    def store(self, tenant_id: UUID, value: Any, *, generation: int) -> None:
        with self._lock:
            if generation == self.generation:
                while len(self._values) >= self.capacity:
                    self._values.popitem(last=False)
                self._values[str(tenant_id)] = value

    def forget(self, tenant_id: str | None = None) -> None:
        """Drop the value of one tenant, or all values."""
        with self._lock:
            self.generation += 1
            if tenant_id is None:
                self._values.clear()
            else:
                self._values.pop(tenant_id, None)


def forget_changed(sender: object, instance: Tenant, using: str, **kwargs: object) -> None:
    """Drop a tenant that this process saved, without waiting for the notice."""
    transaction.on_commit(lambda: tenant_cache.forget(instance.code), using=using)
