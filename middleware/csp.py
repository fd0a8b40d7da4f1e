from __future__ import annotations

from dataclasses import asdict
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

#: What the decorators of django-csp set on the responses of pages.
_DECORATED = ("_csp_config", "_csp_update", "_csp_replace", "_csp_exempt")


class PolicyMiddleware(CSPMiddleware):
    """django-csp, which here builds the policy of responses without a decorator only once."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        parts = self.get_policy_parts(HttpRequest(), HttpResponseBase())
        self.policy = build_policy(**asdict(parts))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: Any = self.get_response(request)
        if settings.DEBUG or any(hasattr(response, name) for name in _DECORATED):
            return self.process_response(request, response)
        response.headers.setdefault(HEADER, self.policy)
        return response
