from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from apps.tenants.managers import TenantManager, TenantQuerySet

if TYPE_CHECKING:
    from apps.products.models import Product  # noqa: F401 -- named in a string below


class ProductQuerySet(TenantQuerySet["Product"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return all products for a member of the team, the published ones for others."""
        if getattr(user, "is_team", False):
            return self
        return self.filter(published=True)


class ProductManager(TenantManager.from_queryset(ProductQuerySet)):  # type: ignore[misc]
    """Products of the active tenant."""
