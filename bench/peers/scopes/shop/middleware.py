from __future__ import annotations

from django.shortcuts import get_object_or_404
from django_scopes import scope

from shop.models import Tenant


class ScopeMiddleware:
    """Opens the scope of the tenant that the host names."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        code = request.get_host().partition(".")[0]
        request.tenant = get_object_or_404(Tenant, code=code)
        with scope(tenant=request.tenant):
            return self.get_response(request)
