from __future__ import annotations

from django_multitenant.utils import unset_current_tenant


class UnsetTenantMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            return self.get_response(request)
        finally:
            unset_current_tenant()
