"""Slots for hashing passwords, which is slow on purpose.

Each process computes one hash at a time for each tenant, and one for opening shops, so that a
flood of requests to one shop leaves the processor to the others.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from apps.tenants.context import get_active_tenant_id
from apps.throttling.client import Client
from apps.throttling.exceptions import RateLimited
from apps.throttling.models import PlatformCounter

_HASH_TIMEOUT = 0.25
#: Long enough for concurrent sign-ups with one code to get the error that it is taken.
_SIGNUP_TIMEOUT = 5.0

_PLATFORM = UUID(int=0)
_locks: dict[UUID | None, threading.Lock] = defaultdict(threading.Lock)


def hashing_slot() -> AbstractContextManager[None]:
    """Hold the slot of the active tenant, or of the platform; raise RateLimited if it is taken."""
    return _slot(get_active_tenant_id() or _PLATFORM, _HASH_TIMEOUT)


@contextmanager
def signup_slot(client: Client) -> Iterator[None]:
    """Hold the slot for opening a shop, and count the attempt; raise RateLimited."""
    # Separate from the slot for hashing, which is taken inside this one.
    with _slot(None, _SIGNUP_TIMEOUT):
        PlatformCounter.objects.record_attempt(settings.SIGNUP_BY_NETWORK, client.network)
        yield


def refund_signup(client: Client) -> None:
    """Refund an attempt that opened no shop and hashed no password."""
    PlatformCounter.objects.refund(settings.SIGNUP_BY_NETWORK, client.network)


@contextmanager
def _slot(key: UUID | None, timeout: float) -> Iterator[None]:
    lock = _locks[key]
    if not lock.acquire(timeout=timeout):
        raise RateLimited(timedelta(seconds=1))
    try:
        yield
    finally:
        lock.release()
