"""How much anybody may ask of the API: each shop, each user, each network of the anonymous.

Counted in caches that each process has to itself: with several workers the limits are per worker.
They keep the peace; what must hold exactly is counted in PostgreSQL. A network is counted in the
platform's cache, over all shops: the default one keeps a number for each tenant.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.core.cache import BaseCache, cache, caches
from django.http import HttpRequest
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle


@dataclass(frozen=True)
class Quota:
    """What is left of a limit: `limit` requests in `window` seconds, of which `reset` are left."""

    name: str
    limit: int
    window: int
    used: int
    reset: int

    @property
    def is_exceeded(self) -> bool:
        return self.used > self.limit


class WindowThrottle(SimpleRateThrottle):
    """Counts requests in fixed windows of time: one small number, however high the rate is."""

    def __init__(self) -> None:
        """Take the rate later: it depends on the request."""

    def get_subject(self, request: Any) -> tuple[str, str] | None:
        """Return a rate's name and who is counted, or None not to count the request."""
        raise NotImplementedError

    def get_rate(self) -> str:
        return str(api_settings.DEFAULT_THROTTLE_RATES[str(self.scope)])

    def allow_request(self, request: Any, view: Any) -> bool:
        subject = self.get_subject(request)
        if subject is None:
            return True
        self.scope, ident = subject
        rate: Any = self.parse_rate(self.get_rate())
        limit, window = rate
        number, elapsed = divmod(self.timer(), window)
        counters = caches["platform"] if self.scope == "address" else cache
        used = _count(counters, f"throttle:{self.scope}:{ident}:{number:.0f}", 2 * window)
        self.quota = Quota(self.scope, limit, window, used, math.ceil(window - elapsed))
        quotas_of(request).append(self.quota)
        return not self.quota.is_exceeded

    def wait(self) -> float:
        """Return the seconds until this throttle, which has refused, counts from zero."""
        return self.quota.reset


class ClientThrottle(WindowThrottle):
    """Per user of a shop; without a log-in, per network of the address, over all shops."""

    def get_subject(self, request: Any) -> tuple[str, str]:
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            return "user", str(user.pk)
        return "address", request.client.network


class ShopThrottle(WindowThrottle):
    """Per shop. What a client is refused does not count, so that no client can use it all up."""

    def get_subject(self, request: Any) -> tuple[str, str] | None:
        tenant = request.tenant
        if tenant is None or any(quota.is_exceeded for quota in quotas_of(request)):
            return None
        return "shop", str(tenant.pk)


def quotas_of(request: Any) -> list[Quota]:
    """Return what a request has been counted against, in the order of counting."""
    plain = getattr(request, "_request", request)
    if not hasattr(plain, "quotas"):
        plain.quotas = []
    return plain.quotas


def count_uncounted(request: HttpRequest) -> Quota | None:
    """Count a request that was answered before any throttle saw it; return a quota it exceeds.

    REST framework counts after authentication and permissions: guesses at tokens would be free.
    """
    throttle = ClientThrottle()
    if quotas_of(request) or throttle.allow_request(request, None):
        return None
    return throttle.quota


def rate_limit_headers(request: HttpRequest) -> dict[str, str]:
    """Return `RateLimit-Policy` and `RateLimit`, of draft-ietf-httpapi-ratelimit-headers.

    How busy a shop is stays its own secret until it is too busy.
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
    """Add one to a number in a cache, in one step for all threads, and return it."""
    counters.add(key, 0, lifetime)
    try:
        return counters.incr(key)
    except ValueError:  # a full cache has dropped it since
        return 1
