from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from uuid import UUID

from apps.tenants.exceptions import NoActiveTenant

if TYPE_CHECKING:
    from apps.tenants.models import Tenant

_active_tenant: ContextVar[Tenant | None] = ContextVar("active_tenant", default=None)


@contextmanager
def tenant_context(tenant: Tenant) -> Iterator[Tenant]:
    """Activate `tenant` for the block, and restore the previous one after it.

    Threads and executors do not inherit it. A generator must not yield inside the block: the
    tenant would be active in the code that consumes the generator.
    """
    if not isinstance(getattr(tenant, "pk", None), UUID):
        raise TypeError(f"tenant_context() takes a Tenant, not {tenant!r}.")
    token = _active_tenant.set(tenant)
    try:
        yield tenant
    finally:
        _active_tenant.reset(token)


def get_active_tenant() -> Tenant | None:
    """Return the active tenant, or None outside any."""
    return _active_tenant.get()


def require_active_tenant() -> Tenant:
    """Return the active tenant; raise NoActiveTenant outside any."""
    tenant = _active_tenant.get()
    if tenant is None:
        raise NoActiveTenant(
            "No tenant is active: wrap this code in `with tenant_context(tenant):`."
        )
    return tenant


def get_active_tenant_id() -> UUID | None:
    """Return the active tenant's id, or None outside any; the default of every `tenant` field."""
    tenant = _active_tenant.get()
    return None if tenant is None else tenant.pk
