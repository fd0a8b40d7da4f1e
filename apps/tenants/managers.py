from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

from apps.tenants.context import require_active_tenant
from apps.tenants.exceptions import CrossTenantWrite

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from apps.tenants.models import Tenant

ModelT_co = TypeVar("ModelT_co", bound=models.Model, covariant=True)


class ActiveTenantParameter:
    """A parameter of a statement that becomes the id of the active tenant as the statement runs.

    Running it raises NoActiveTenant if no tenant is active.
    """

    def __conform__(self, protocol: object) -> Self:
        return self

    def getquoted(self) -> bytes:
        """Return the value as SQL, as psycopg2 asks of an adapted object."""
        return f"'{require_active_tenant().pk}'::uuid".encode()


class ActiveTenantId(models.Expression):
    """The id of the tenant that is active when the query runs, not when it was built or compiled.

    Querysets may therefore be built at import, and compiled once for all tenants.
    """

    output_field = models.UUIDField()

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        return "%s", (ActiveTenantParameter(),)


class TenantQuerySet(models.QuerySet[ModelT_co]):
    """A queryset that cannot create rows of another tenant, or move rows to one."""

    def t_filter(self, *, tenant: Tenant, **lookups: Any) -> Self:
        """Filter by `tenant` and `lookups`; returns no rows unless `tenant` is the active one."""
        return self.filter(tenant=tenant, **lookups)

    def update(self, **kwargs: Any) -> int:
        if kwargs.keys() & {"tenant", "tenant_id"}:
            raise CrossTenantWrite("The tenant of a row cannot be changed.")
        return super().update(**kwargs)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        objs = list(objs)
        for obj in objs:
            assign_active_tenant(obj)
        return super().bulk_create(objs, *args, **kwargs)


#: The query of the active tenant's rows by model. To build it takes longer than to copy it.
_own_rows: dict[type[models.Model], Query] = {}


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """The default and base manager of tenant-owned models: only the active tenant's rows.

    `raw()` and cursors bypass it; there, row-level security applies.
    """

    def get_queryset(self) -> TenantQuerySet[Any]:
        queryset = super().get_queryset()
        if self.model not in _own_rows:
            _own_rows[self.model] = queryset.filter(tenant=ActiveTenantId()).query
        queryset.query = _own_rows[self.model].chain()
        return queryset


def assign_active_tenant(obj: Any) -> None:
    """Set the tenant of `obj` to the active one; raise CrossTenantWrite if it has another."""
    active = require_active_tenant()
    if obj.tenant_id is None:
        obj.tenant = active
    elif obj.tenant_id != active.pk:
        raise CrossTenantWrite(f"This {obj._meta.verbose_name} is not a row of the active tenant.")
