from __future__ import annotations

from apps.tenants.context import get_active_tenant_id


def tenant_key(key: str, key_prefix: str, version: int) -> str:
    """Return a cache key of the active tenant or the platform. Set as Django's KEY_FUNCTION."""
    return f"{get_active_tenant_id() or 'platform'}:{key_prefix}:{version}:{key}"
