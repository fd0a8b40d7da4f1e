"""Chooses the site that a request's hostname names, and serves it with its tenant active."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext, suppress

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import is_valid_path

from apps.tenants.context import tenant_context
from apps.tenants.exceptions import UnresolvedHost
from apps.tenants.models import Tenant
from apps.tenants.registry import cache, resolve_tenant
from apps.tenants.resolvers import (
    ApiSite,
    PlatformSite,
    ShopSite,
    canonical_host,
    parse_code,
    parse_host,
)

TENANT_HEADER = "Tenant-Code"


class TenantMiddleware:
    """Sets `request.tenant` and `request.urlconf`, and activates the tenant for the request.

    ROOT_URLCONF has what every host serves alike, without a tenant; a host that names no site
    has nothing else.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tenant = None
        if not is_valid_path(request.path_info, settings.ROOT_URLCONF):
            with suppress(UnresolvedHost):
                code = code_named_by(request)
                tenant = None if code is None else resolve_tenant(code)
                self._canonicalise(request)
                request.urlconf = settings.SHOP_URLCONF if tenant else settings.PLATFORM_URLCONF
        request.tenant = tenant  # type: ignore[attr-defined]
        with tenant_context(tenant) if tenant else nullcontext():
            return self.get_response(request)

    def _canonicalise(self, request: HttpRequest) -> None:
        """Have Django build links, and compare origins, with the site's own scheme and host.

        A public site is reached by its proxy's TLS alone, whatever the request says of itself.
        """
        host = canonical_host(request.META["HTTP_HOST"], has_port=not settings.IS_PUBLIC)
        request.META["HTTP_HOST"] = host
        request.META["HTTP_X_FORWARDED_PROTO"] = settings.SITE_SCHEME


def code_named_by(request: HttpRequest) -> str | None:
    """Return the code of the shop that a request is for, None for the platform.

    Raises UnresolvedHost where the request names neither. Nothing is looked up.
    """
    match parse_host(request.META.get("HTTP_HOST", ""), settings.BASE_DOMAIN):
        case PlatformSite():
            return None
        case ShopSite(code):
            return code
        case ApiSite():
            return parse_code(request.headers.get(TENANT_HEADER, ""))


def last_seen_tenant(request: HttpRequest) -> Tenant | None:
    """Return the tenant that a request is for as this process last saw it, without a query."""
    try:
        code = code_named_by(request)
    except UnresolvedHost:
        return None
    return None if code is None else cache.last_seen(code)
