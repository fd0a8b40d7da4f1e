"""Slots for hashing passwords.

Hashing is slow on purpose. One hash at a time for each tenant, and one for opening shops, so that a
flood at one shop leaves the processor to the others.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from apps.tenants.context import get_active_tenant_id
from apps.throttling.client import Client
from apps.throttling.exceptions import RateLimited
from apps.throttling.models import PlatformCounter

_HASH_TIMEOUT = 0.25
#: Long enough for many who want the same code to receive that it is taken.
_SIGNUP_TIMEOUT = 5.0

_PLATFORM = UUID(int=0)
_locks: dict[UUID | None, threading.Lock] = defaultdict(threading.Lock)


@contextmanager
def hashing_slot() -> Iterator[None]:
    """Hold the active tenant's (or the platform's) slot in this process; raise RateLimited."""
    with _slot(get_active_tenant_id() or _PLATFORM, _HASH_TIMEOUT):
        yield


@contextmanager
def signup_slot(client: Client) -> Iterator[None]:
    """Hold this process's slot for opening a shop, and count the attempt; raise RateLimited.

    A shop that could not be opened without its client's fault is to be refunded.
    """
    # Not the slot for hashing, which is taken inside of this one.
    with _slot(None, _SIGNUP_TIMEOUT):
        PlatformCounter.objects.record_attempt(settings.SIGNUP_BY_NETWORK, client.network)
        yield


def refund_signup(client: Client) -> None:
    """Refund what signup_slot() counted: no shop was opened, and no password hashed."""
    PlatformCounter.objects.refund(settings.SIGNUP_BY_NETWORK, client.network)


@contextmanager
def _slot(owner: UUID | None, timeout: float) -> Iterator[None]:
    lock = _locks[owner]
    if not lock.acquire(timeout=timeout):
        raise RateLimited(timedelta(seconds=1))
    try:
        yield
    finally:
        lock.release()
