from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.api.problems import problem_response
from apps.api.throttles import count_uncounted, rate_limit_headers
from middleware.load_shedding import LIVENESS_PATH, READINESS_PATH


class RateLimitMiddleware:
    """Counts every request except probes, and adds `RateLimit` headers.

    Comes after TenantMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path_info in {LIVENESS_PATH, READINESS_PATH}:
            return response
        if exceeded := count_uncounted(request):
            response = problem_response(
                429,
                "throttled",
                "Request was throttled.",
                headers={"Retry-After": str(exceeded.reset)},
            )
        for name, value in rate_limit_headers(request).items():
            response.headers[name] = value
        return response
