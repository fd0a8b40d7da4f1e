from __future__ import annotations

from typing import Any

from apps.throttling.client import Client
from apps.throttling.exceptions import RateLimited
from apps.throttling.models import PlatformCounter, TenantCounter
from apps.throttling.rate_limits import (
    LOGIN_BY_EMAIL,
    LOGIN_BY_NETWORK,
    LOGIN_OVER_ALL_SHOPS,
    LOGINS_OF_USER,
    PASSWORD_BY_SESSION,
    PASSWORD_CHANGES,
)


def count_login(email: str, client: Client, *, is_known_client: bool) -> None:
    """Count an attempt to log in before its password is checked; raise RateLimited.

    A client with a live session of the same user is exempt from the limit by e-mail address, by
    which an attacker could otherwise lock that user out.
    """
    PlatformCounter.objects.record_attempt(LOGIN_OVER_ALL_SHOPS, client.network)
    TenantCounter.objects.record_attempt(LOGIN_BY_NETWORK, client.network)
    if is_known_client:
        return
    try:
        TenantCounter.objects.record_attempt(LOGIN_BY_EMAIL, email)
    except RateLimited:
        # No password was checked, so other users of the network are not blocked.
        _refund_network(client)
        raise


def record_login_success(user: Any, email: str, client: Client) -> None:
    """Refund what count_login() counted, and count the login by user; raise RateLimited.

    Successful logins are limited too, because each one adds rows.
    """
    TenantCounter.objects.record_attempt(LOGINS_OF_USER, str(user.pk))
    TenantCounter.objects.clear(LOGIN_BY_EMAIL, email)
    _refund_network(client)


def refund_login(email: str, client: Client) -> None:
    """Refund what count_login() counted, because no password was checked."""
    TenantCounter.objects.refund(LOGIN_BY_EMAIL, email)
    _refund_network(client)


def knows_password(user: Any, password: str, session_id: str) -> bool:
    """Return True if this is the password of a session's user; raise RateLimited.

    The limit stops a stolen token from guessing the password. It is counted by session and apart
    from logins, so that requests outside the session cannot use it up.
    """
    TenantCounter.objects.record_attempt(PASSWORD_BY_SESSION, session_id)
    try:
        is_correct: bool = user.check_password(password)
    except RateLimited:
        TenantCounter.objects.refund(PASSWORD_BY_SESSION, session_id)
        raise
    if is_correct:
        TenantCounter.objects.clear(PASSWORD_BY_SESSION, session_id)
    return is_correct


def count_password_change(user: Any) -> None:
    """Count a password change, which sends a mail and records an event; raise RateLimited."""
    TenantCounter.objects.record_attempt(PASSWORD_CHANGES, str(user.pk))


def _refund_network(client: Client) -> None:
    TenantCounter.objects.refund(LOGIN_BY_NETWORK, client.network)
    PlatformCounter.objects.refund(LOGIN_OVER_ALL_SHOPS, client.network)
