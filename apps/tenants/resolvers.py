from __future__ import annotations

from apps.tenants.cache import tenant_cache
from apps.tenants.exceptions import UnknownTenant
from apps.tenants.listener import tenant_listener
from apps.tenants.models import Tenant


def resolve_tenant(code: str) -> Tenant:
    """Return the open tenant with this code; raise UnknownTenant if there is none.

    Uses the cache only while the listener receives notices, so that a suspension takes effect in
    every process at once.
    """
    tenant_listener.ensure_started()
    known, tenant = tenant_cache.get(code) if tenant_listener.is_listening else (False, None)
    if not known:
        generation = tenant_cache.generation
        tenant = Tenant.objects.filter(code=code, status=Tenant.Status.OPEN).first()
        tenant_cache.store(code, tenant, generation=generation)
    if tenant is None:
        raise UnknownTenant("No open shop has this code.")
    return tenant
