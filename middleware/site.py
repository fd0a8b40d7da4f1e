from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase

from apps.tenants.exceptions import UnresolvedHost
from apps.tenants.hosts import parse_site
from apps.throttling.client import Client

TENANT_HEADER = "Tenant-Code"


class SiteMiddleware:
    """Sets `request.client`, and `request.site`, which is None for an unresolved host.

    Only parses headers; TenantMiddleware looks the shop up.
    """

    def __init__(self, get_response: Callable[[Any], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.client = Client.from_meta(request.META)
        request.site = None
        with suppress(UnresolvedHost):
            host, code = request.META.get("HTTP_HOST", ""), request.headers.get(TENANT_HEADER, "")
            request.site = parse_site(host, settings.BASE_DOMAIN, code)
        return self.get_response(request)
