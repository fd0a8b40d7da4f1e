"""The ORM wall: every queryset of a tenant-owned model sees the active tenant alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models.sql.compiler import SQLCompiler

from apps.tenants.context import require_active_tenant
from apps.tenants.exceptions import CrossTenantWrite

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from apps.tenants.models import Tenant

ModelT_co = TypeVar("ModelT_co", bound=models.Model, covariant=True)


class ActiveTenantId(models.Expression):
    """The id of the tenant that is active when the query runs, not when it was built.

    Querysets may therefore be made at import, and still see only the tenant of the request.
    With none active, compiling the query raises NoActiveTenant.
    """

    output_field = models.UUIDField()

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        return "%s", (require_active_tenant().pk,)


class TenantQuerySet(models.QuerySet[ModelT_co]):
    """A queryset that cannot move a row into, or create it under, another tenant."""

    def t_filter(self, *, tenant: Tenant, **lookups: Any) -> Self:
        """Filter by `tenant` and `lookups`; a tenant that is not the active one has no rows."""
        return self.filter(tenant=tenant, **lookups)

    def update(self, **kwargs: Any) -> int:
        if kwargs.keys() & {"tenant", "tenant_id"}:
            raise CrossTenantWrite("A row never changes its tenant.")
        return super().update(**kwargs)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        objs = list(objs)
        for obj in objs:
            assign_active_tenant(obj)
        return super().bulk_create(objs, *args, **kwargs)


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """The manager of every tenant-owned model, for its own queries and for related access.

    `raw()` and cursors are beyond it; the database wall stands there.
    """

    def get_queryset(self) -> TenantQuerySet[Any]:
        return super().get_queryset().filter(tenant=ActiveTenantId())


def assign_active_tenant(obj: Any) -> None:
    """Give `obj` to the active tenant, unless it has one: any but the active one is refused."""
    active = require_active_tenant()
    if obj.tenant_id is None:
        obj.tenant = active
    elif obj.tenant_id != active.pk:
        raise CrossTenantWrite(f"This {obj._meta.verbose_name} is not a row of the active tenant.")
