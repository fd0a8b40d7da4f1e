from __future__ import annotations

import threading
import time
from collections import OrderedDict

from django.db import transaction

from apps.tenants.models import Tenant


class TenantCache:
    """A bounded, short-lived cache of tenants by code, including negative lookups.

    Absent codes have a separate bound, so that made-up codes evict no tenant. The least recently
    used entry is evicted first, and entries expire after `lifetime` seconds. A value that was read
    before the last `forget()` is not stored after it: a slow reader cannot restore what was
    dropped.
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


def forget_changed(sender: object, instance: Tenant, using: str, **kwargs: object) -> None:
    """Drop a tenant that this process saved, without waiting for the notice."""
    transaction.on_commit(lambda: tenant_cache.forget(instance.code), using=using)
