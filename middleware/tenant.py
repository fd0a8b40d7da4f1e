from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import get_resolver

from apps.tenants.context import tenant_context
from apps.tenants.exceptions import UnknownTenant
from apps.tenants.hosts import ShopSite, canonical_host
from apps.tenants.models import Tenant
from apps.tenants.resolvers import resolve_tenant


class TenantMiddleware:
    """Sets `request.tenant` and `request.urlconf`, and activates the tenant for the request.

    A host without a site serves the paths of ROOT_URLCONF alone. Comes after SiteMiddleware.
    """

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response
        patterns = get_resolver(settings.ROOT_URLCONF).url_patterns
        self.paths_of_all_hosts = {f"/{each.pattern}" for each in patterns}

    def __call__(self, request: Any) -> HttpResponse:
        request.tenant = self._enter_site(request)
        with tenant_context(request.tenant) if request.tenant else nullcontext():
            return self.get_response(request)

    def _enter_site(self, request: Any) -> Tenant | None:
        """Set the URLconf for the request's site, and return its tenant."""
        if request.site is None or request.path_info in self.paths_of_all_hosts:
            return None
        try:
            is_shop = isinstance(request.site, ShopSite)
            tenant = resolve_tenant(request.site.code) if is_shop else None
        except UnknownTenant:
            return None
        request.urlconf = settings.SHOP_URLCONF if tenant else settings.PLATFORM_URLCONF
        # For links and the comparison of origins. A public site is reached by its proxy's TLS.
        host = canonical_host(request.META["HTTP_HOST"], has_port=not settings.IS_PUBLIC)
        request.META |= {"HTTP_HOST": host, "HTTP_X_FORWARDED_PROTO": settings.SITE_SCHEME}
        return tenant
