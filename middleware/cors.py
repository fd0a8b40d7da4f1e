from __future__ import annotations

from typing import Any

from corsheaders.middleware import CorsMiddleware
from django.utils.cache import patch_vary_headers

from apps.tenants.cache import tenant_cache
from apps.tenants.hosts import ShopSite
from middleware.site import TENANT_HEADER


class StorefrontCorsMiddleware(CorsMiddleware):
    """CORS on shop hosts only, for the origins that `check_request_enabled` receivers allow.

    Comes after SiteMiddleware and before all that may refuse a request: a storefront can read these
    errors, too. Before the tenant is resolved, uses the one that this process last saw.
    """

    async_capable = False

    def __call__(self, request: Any) -> Any:
        response: Any = self.get_response(request)  # resolves the tenant
        response = self.check_preflight(request) or response
        self.add_response_headers(request, response)
        patch_vary_headers(response, ["Host", TENANT_HEADER])
        return response

    def is_enabled(self, request: Any) -> bool:
        # For rejected origins too, whose responses need `Vary: Origin`.
        if not hasattr(request, "tenant"):
            site = request.site
            request.tenant = (
                tenant_cache.last_seen(site.code) if isinstance(site, ShopSite) else None
            )
        return request.tenant is not None
