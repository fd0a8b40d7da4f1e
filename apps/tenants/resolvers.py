from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, models

from apps.tenants.cache import tenant_cache
from apps.tenants.compiled import CompiledQuery, Parameter
from apps.tenants.exceptions import UnknownTenant
from apps.tenants.listener import tenant_listener
from apps.tenants.models import Tenant

_FIELDS = [field.attname for field in Tenant._meta.concrete_fields]
_open_tenants = CompiledQuery(
    lambda: Tenant.objects.filter(
        code=Parameter("code", models.CharField()), status=Tenant.Status.OPEN
    ).values_list(*_FIELDS)
)


def resolve_tenant(code: str) -> Tenant:
    """Return the open tenant with this code; raise UnknownTenant if there is none.

    Uses the cache only while the listener receives notices, so that a suspension takes effect in
    every process at once.
    """
    tenant_listener.ensure_started()
    known, tenant = tenant_cache.get(code) if tenant_listener.is_listening else (False, None)
    if not known:
        generation = tenant_cache.generation
        tenant = _look_up(code)
        tenant_cache.store(code, tenant, generation=generation)
    if tenant is None:
        raise UnknownTenant("No open shop has this code.")
    return tenant


def _look_up(code: str) -> Tenant | None:
    rows = _open_tenants.rows(code=code)
    return Tenant.from_db(DEFAULT_DB_ALIAS, _FIELDS, rows[0]) if rows else None
