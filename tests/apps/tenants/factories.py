"""Tenants for tests."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.utils import timezone

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant

_numbers = count(1)


def make_tenant(code: str | None = None, **fields: Any) -> Tenant:
    """Create a confirmed tenant as the application's role does: inside itself."""
    code = code or f"shop-{next(_numbers)}-x"
    fields = {"name": code.title(), "confirmed_at": timezone.now(), **fields}
    tenant = Tenant(code=code, **fields)
    with tenant_context(tenant):
        tenant.save(force_insert=True)
    return tenant
