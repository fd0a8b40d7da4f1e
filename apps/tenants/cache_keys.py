"""What Django's cache keeps, it keeps for one tenant."""

from __future__ import annotations

from apps.tenants.context import get_active_tenant_id


def tenant_key(key: str, key_prefix: str, version: int) -> str:
    """Return the key under which the active tenant's value is kept; Django's KEY_FUNCTION."""
    return f"{get_active_tenant_id() or 'platform'}:{key_prefix}:{version}:{key}"
