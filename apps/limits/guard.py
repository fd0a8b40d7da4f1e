"""Lock-out of log-ins, and slots for hashing passwords."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from apps.api.devices import Device
from apps.limits.exceptions import Blocked
from apps.limits.models import NetworkCounter, ShopCounter
from apps.limits.rules import (
    LOGIN_BY_EMAIL,
    LOGIN_BY_NETWORK,
    LOGIN_OVER_ALL_SHOPS,
    LOGINS_OF_USER,
    PASSWORD_BY_SESSION,
    PASSWORD_CHANGES,
)
from apps.tenants.context import get_active_tenant

_HASH_WAIT_SECONDS = 0.25
#: Long enough for a crowd that wants the same code to hear that it is taken.
_SIGNUP_WAIT_SECONDS = 5.0

# Hashing is slow on purpose: one at a time for each shop, and one for those to come, so that a
# flood on one shop leaves the processor to the others.
_PLATFORM = UUID(int=0)
_hashing: dict[UUID | None, threading.Lock] = defaultdict(threading.Lock)


def count_login(email: str, device: Device, *, is_known_device: bool) -> None:
    """Count a try to log in before its password is looked at; raise Blocked.

    A device with a live session of the same user passes the limit on the e-mail, or an attacker
    could lock that user out.
    """
    NetworkCounter.objects.hit(LOGIN_OVER_ALL_SHOPS, device.prefix)
    ShopCounter.objects.hit(LOGIN_BY_NETWORK, device.prefix)
    if is_known_device:
        return
    try:
        ShopCounter.objects.hit(LOGIN_BY_EMAIL, email)
    except Blocked:
        # No password was tried: it must not block the people next door.
        _take_back(device)
        raise


def forgive_login(user: Any, email: str, device: Device) -> None:
    """Refund what count_login() counted, for the password was right.

    Successful log-ins count by their user alone, as each leaves rows behind; raise Blocked.
    """
    ShopCounter.objects.hit(LOGINS_OF_USER, str(user.pk))
    ShopCounter.objects.clear(LOGIN_BY_EMAIL, email)
    _take_back(device)


def refund_login(email: str, device: Device) -> None:
    """Refund what count_login() counted, for no password was looked at."""
    ShopCounter.objects.take_back(LOGIN_BY_EMAIL, email)
    _take_back(device)


def knows_password(user: Any, password: str, session_id: str) -> bool:
    """Return True if this is the password of the user of a session; raise Blocked.

    A stolen token must not serve for guessing the password. The checks of each session are counted
    apart from log-ins, so that nobody outside of the session can use them up.
    """
    ShopCounter.objects.hit(PASSWORD_BY_SESSION, session_id)
    try:
        is_right: bool = user.check_password(password)
    except Blocked:
        ShopCounter.objects.take_back(PASSWORD_BY_SESSION, session_id)
        raise
    if is_right:
        ShopCounter.objects.clear(PASSWORD_BY_SESSION, session_id)
    return is_right


def count_password_change(user: Any) -> None:
    """Count a change of password by its user; raise Blocked. Each leaves a mail and an event."""
    ShopCounter.objects.hit(PASSWORD_CHANGES, str(user.pk))


@contextmanager
def hashing_slot() -> Iterator[None]:
    """Hold this process's one slot for hashing a password; raise Blocked.

    Each shop has one, and so has what runs outside of any.
    """
    tenant = get_active_tenant()
    with _slot(_PLATFORM if tenant is None else tenant.pk, _HASH_WAIT_SECONDS):
        yield


@contextmanager
def signup_slot(device: Device) -> Iterator[None]:
    """Hold this process's one place for opening a shop, and count it; raise Blocked.

    It costs a password hash, too. Whoever fails for no fault of theirs is to be forgiven.
    """
    # Not the one for hashing, which may be taken inside of it.
    with _slot(None, _SIGNUP_WAIT_SECONDS):
        NetworkCounter.objects.hit(settings.SIGNUP_BY_NETWORK, device.prefix)
        yield


def forgive_signup(device: Device) -> None:
    """Take back what signup_slot() counted: no shop was opened, and nothing was hashed for it."""
    NetworkCounter.objects.take_back(settings.SIGNUP_BY_NETWORK, device.prefix)


@contextmanager
def _slot(owner: UUID | None, patience: float) -> Iterator[None]:
    lock = _hashing[owner]
    if not lock.acquire(timeout=patience):
        raise Blocked(timedelta(seconds=1))
    try:
        yield
    finally:
        lock.release()


def _take_back(device: Device) -> None:
    ShopCounter.objects.take_back(LOGIN_BY_NETWORK, device.prefix)
    NetworkCounter.objects.take_back(LOGIN_OVER_ALL_SHOPS, device.prefix)
