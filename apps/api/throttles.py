"""Throttles per shop, per user and, of anonymous requests, per network.

They count in the caches of the process, so the limits are per worker. Limits that must be exact are
counted in PostgreSQL. Networks are counted in the platform's cache, over all shops.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.cache import BaseCache, cache, caches
from django.http import HttpRequest
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle

#: The rates of the settings, parsed.
_limits: dict[str, tuple[int, int]] = {}


@dataclass(frozen=True)
class Quota:
    """The use of a limit of requests in `window` seconds, which ends in `reset` seconds."""

    name: str
    limit: int
    window: int
    used: int
    reset: int

    @property
    def is_exceeded(self) -> bool:
        return self.used > self.limit


class WindowThrottle(SimpleRateThrottle):
    """Count requests in fixed windows of time, in constant memory per subject."""

    def __init__(self) -> None:
        """Do not look up the rate yet, as it depends on the request."""

    def get_subject(self, request: Any) -> tuple[str, str] | None:
        """Return the name of the rate and the subject, or None if the request is not counted."""
        raise NotImplementedError

    def get_rate(self) -> str:
        return str(api_settings.DEFAULT_THROTTLE_RATES[str(self.scope)])

    def limit_of(self, rate: str) -> tuple[int, int]:
        """Return the requests and the seconds of a rate such as 100/min."""
        if rate not in _limits:
            parsed: Any = self.parse_rate(rate)
            _limits[rate] = parsed
        return _limits[rate]

    def allow_request(self, request: Any, view: Any) -> bool:
        subject = self.get_subject(request)
        if subject is None:
            return True
        self.scope, ident = subject
        limit, window = self.limit_of(self.get_rate())
        number, elapsed = divmod(self.timer(), window)
        counters = caches["platform"] if self.scope == "address" else cache
        used = _count(counters, f"throttle:{self.scope}:{ident}:{number:.0f}", 2 * window)
        self.quota = Quota(self.scope, limit, window, used, math.ceil(window - elapsed))
        quotas_of(request).append(self.quota)
        return not self.quota.is_exceeded

    def wait(self) -> float:
        """Return the seconds until the window ends."""
        return self.quota.reset


class ClientThrottle(WindowThrottle):
    """Limit each user or, without authentication, each network over all shops."""

    def get_subject(self, request: Any) -> tuple[str, str]:
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            return "user", str(user.pk)
        return "address", request.client.network


class ShopThrottle(WindowThrottle):
    """Limit each shop. Throttled requests do not count, so no client can exhaust the limit."""

    def get_subject(self, request: Any) -> tuple[str, str] | None:
        tenant = request.tenant
        if tenant is None or any(quota.is_exceeded for quota in quotas_of(request)):
            return None
        return "shop", str(tenant.pk)


def quotas_of(request: Any) -> list[Quota]:
    """Return the quotas that have counted the request, in order."""
    http_request = getattr(request, "_request", request)
    if not hasattr(http_request, "quotas"):
        http_request.quotas = []
    return http_request.quotas


def count_uncounted(request: HttpRequest) -> Quota | None:
    """Count a request that no throttle has counted; return its quota if that is exceeded.

    DRF throttles after authentication and permissions, which would leave guesses of tokens free.
    """
    throttle = ClientThrottle()
    if quotas_of(request) or throttle.allow_request(request, None):
        return None
    return throttle.quota


def rate_limit_headers(request: HttpRequest) -> dict[str, str]:
    """Return `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers).

    The load of a shop is only revealed when its limit is exceeded.
    """
    quotas = quotas_of(request)
    shown = [quota for quota in quotas if quota.name != "shop" or quota.is_exceeded]
    return {
        "RateLimit-Policy": ", ".join(f'"{q.name}";q={q.limit};w={q.window}' for q in quotas),
        "RateLimit": ", ".join(
            f'"{q.name}";r={max(0, q.limit - q.used)};t={q.reset}' for q in shown
        ),
    }


def _count(counters: BaseCache, key: str, lifetime: int) -> int:
    """Increment a number in a cache atomically and return it."""
    with suppress(ValueError):  # the first of its window
        return counters.incr(key)
    counters.add(key, 0, lifetime)
    try:
        return counters.incr(key)
    except ValueError:  # evicted meanwhile
        return 1
