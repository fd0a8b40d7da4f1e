"""Lets the pages of a shop's own storefronts call its API from a browser."""

from __future__ import annotations

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest


class StorefrontCorsMiddleware(CorsMiddleware):
    """CORS on shop hosts and nowhere else; the `check_request_enabled` signal decides whom for.

    Comes after TenantMiddleware. A preflight at a host without a shop gets that host's answer.
    """

    def is_enabled(self, request: HttpRequest) -> bool:
        # For refused origins too: their answers differ from the allowed ones', hence `Vary`.
        return getattr(request, "tenant", None) is not None
