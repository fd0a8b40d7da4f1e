from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import is_valid_path

from apps.tenants.context import tenant_context
from apps.tenants.exceptions import UnknownTenant
from apps.tenants.hosts import ShopSite, canonical_host
from apps.tenants.models import Tenant
from apps.tenants.resolvers import resolve_tenant


class TenantMiddleware:
    """Sets `request.tenant` and `request.urlconf`, and activates the tenant for the request.

    Paths in ROOT_URLCONF are served on every host, without a tenant; an unresolved host serves
    only those. Comes after SiteMiddleware.
    """

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.tenant = self._enter_site(request)
        with tenant_context(request.tenant) if request.tenant else nullcontext():
            return self.get_response(request)

    def _enter_site(self, request: Any) -> Tenant | None:
        """Set the URLconf for the request's site, and return its tenant."""
        site = request.site
        if site is None or is_valid_path(request.path_info, settings.ROOT_URLCONF):
            return None
        try:
            tenant = resolve_tenant(site.code) if isinstance(site, ShopSite) else None
        except UnknownTenant:
            return None
        request.urlconf = settings.SHOP_URLCONF if tenant else settings.PLATFORM_URLCONF
        # Django builds links and compares origins with the canonical scheme and host. A public
        # site is always reached through its proxy's TLS.
        host = canonical_host(request.META["HTTP_HOST"], has_port=not settings.IS_PUBLIC)
        request.META["HTTP_HOST"] = host
        request.META["HTTP_X_FORWARDED_PROTO"] = settings.SITE_SCHEME
        return tenant
