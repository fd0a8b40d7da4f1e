"""Lets requests in: a few at once, each shop its part, and the others when there is a place."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.api.problems import problem_response
from apps.tenants import cache
from apps.tenants.hosts import PlatformSite, ShopSite
from apps.throttling.admission import Admission
from apps.throttling.exceptions import ShopIsBusy, TurnedAway

LIVENESS_PATH = "/livez"
#: Served alike on every host, so that no shop's crowd is in the way of whoever asks for it.
READINESS_PATH = "/readyz"

# No code has a slash in it.
PLATFORM = "/platform"
UNKNOWN = "/unknown"

_RETRY = {"Retry-After": "1"}


class AdmissionMiddleware:
    """Answers 429 where a shop has too many requests, and 503 where the process has.

    Comes before TenantMiddleware, whose look-up may have to wait. Liveness is always let in; a
    streamed body is sent after its place was given back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.admission = Admission(**settings.ADMISSION)

    def __call__(self, request: Any) -> HttpResponseBase:
        if _asks_for_life(request):
            return self.get_response(request)
        key = _whom_it_is_for(request)
        # A probe may come through the same proxy as all other requests.
        network = READINESS_PATH if key == READINESS_PATH else request.client.network
        try:
            with self.admission.place(key, network):
                return self.get_response(request)
        except TurnedAway as reason:
            return _problem(reason)


def _asks_for_life(request: Any) -> bool:
    """Tell whether a request is a probe. One with a body, which may take its time, is none."""
    has_body = request.META.get("CONTENT_LENGTH") not in {None, "", "0"}
    return request.path_info == LIVENESS_PATH and not has_body


def _whom_it_is_for(request: Any) -> Hashable:
    """Return who shares places with a request.

    Codes without a shop share one part. A code that this process has not looked up may be a
    shop's, and counts apart.
    """
    if request.path_info == READINESS_PATH:
        return READINESS_PATH
    match request.site:
        case PlatformSite():
            return PLATFORM
        case ShopSite(code) if not cache.tenant_cache.was_absent(code):
            return code
    return UNKNOWN


def _problem(reason: TurnedAway) -> HttpResponseBase:
    if isinstance(reason, ShopIsBusy):
        detail = "Too many requests to this site at once."
        return problem_response(429, "shop_busy", detail, headers=_RETRY)
    detail = "Too many requests at once."
    return problem_response(503, "server_busy", detail, headers=_RETRY)
