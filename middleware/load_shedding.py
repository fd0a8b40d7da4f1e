from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase

from apps.api.problems import problem_response
from apps.load_shedding.limiter import FairConcurrencyLimiter, Overloaded, TenantOverloaded
from apps.tenants.cache import tenant_cache
from apps.tenants.hosts import PlatformSite, ShopSite

LIVENESS_PATH = "/livez"
READINESS_PATH = "/readyz"

# Partitions besides the shops, whose codes contain no slash.
PLATFORM = "/platform"
UNKNOWN = "/unknown"


class LoadSheddingMiddleware:
    """Returns 429 if a shop or network has too many concurrent requests, 503 if the process has.

    Comes after SiteMiddleware and before TenantMiddleware, whose look-up may wait for the database.
    The slot is released before a streamed body is sent.
    """

    def __init__(self, get_response: Callable[[Any], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.limiter = FairConcurrencyLimiter(**settings.LOAD_SHEDDING)

    def __call__(self, request: Any) -> HttpResponseBase:
        if _is_liveness_probe(request):
            return self.get_response(request)
        key = _partition_key(request)
        # A probe may share the proxy's network with all other requests.
        network = key if key == READINESS_PATH else request.client.network
        try:
            with self.limiter.slot(key, network):
                return self.get_response(request)
        except TenantOverloaded:
            status, code, detail = 429, "shop_busy", "Too many requests to this site at once."
        except Overloaded:
            status, code, detail = 503, "server_busy", "Too many requests at once."
        return problem_response(status, code, detail, headers={"Retry-After": "1"})


def _is_liveness_probe(request: Any) -> bool:
    # A request with a body may be slow.
    has_body = request.META.get("CONTENT_LENGTH") not in {None, "", "0"}
    return request.path_info == LIVENESS_PATH and not has_body


def _partition_key(request: Any) -> str:
    """Return the partition of a request, usually its shop's code, without a query.

    Codes known to be unused share one partition; a code not looked up yet has its own.
    """
    if request.path_info == READINESS_PATH:
        return READINESS_PATH
    match request.site:
        case PlatformSite():
            return PLATFORM
        case ShopSite(code) if not tenant_cache.was_absent(code):
            return code
    return UNKNOWN
