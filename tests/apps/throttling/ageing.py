"""Ageing of counters, which use PostgreSQL's clock, in place of waiting."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.throttling.models import PlatformCounter, TenantCounter


def age_counters(**duration: float) -> None:
    """Make every counter, of every shop, older by a duration such as `minutes=15`."""
    age = timedelta(**duration)
    times = {name: F(name) - age for name in ("resets_at", "blocked_until")}
    PlatformCounter.objects.update(**times)
    for tenant in Tenant.objects.all():
        with tenant_context(tenant):
            TenantCounter.objects.update(**times)
