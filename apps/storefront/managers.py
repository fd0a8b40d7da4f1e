from __future__ import annotations

from typing import TYPE_CHECKING

from apps.tenants.context import get_active_tenant_id
from apps.tenants.managers import TenantManager

if TYPE_CHECKING:
    from apps.storefront.models import Storefront


class StorefrontManager(TenantManager):
    def current(self) -> Storefront:
        """Return the storefront of the active tenant, unsaved before its first change."""
        pk = get_active_tenant_id()
        row: Storefront = self.filter(pk=pk).first() or self.model(pk=pk)
        return row
