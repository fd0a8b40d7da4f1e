from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.products.managers import LocationManager, StockItemManager
from apps.products.models.variants import Variant
from apps.tenants.fields import TenantForeignKey
from apps.tenants.models import TenantOwnedModel, tenant_key

MAX_QUANTITY: Final = 1_000_000_000


class Location(TenantOwnedModel):
    """A place that stores stock.

    A shop has one so far, which its first stock item creates, and whose id is the tenant's.
    """

    name = models.CharField(max_length=100)

    objects: ClassVar[LocationManager] = LocationManager()

    class Meta(TenantOwnedModel.Meta):
        db_table = "locations"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "name"], name="products_location_name"),
        ]

    def __str__(self) -> str:
        return self.name


class StockItem(TenantOwnedModel):
    """The quantity of a variant at a location, negative if more was sold than was there."""

    tenant = tenant_key(db_constraint=False)
    variant = TenantForeignKey(
        Variant, on_delete=models.CASCADE, related_name="stock_items", db_index=False
    )
    location = TenantForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    quantity = models.IntegerField(default=0)

    objects: ClassVar[StockItemManager] = StockItemManager()

    class Meta(TenantOwnedModel.Meta):
        db_table = "stock_items"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "variant", "location"], name="products_stockitem_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity__range=(-MAX_QUANTITY, MAX_QUANTITY)),
                name="products_stockitem_quantity",
            ),
        ]


class StockMovement(TenantOwnedModel):
    """A change of a stock item by `delta`, after which it had `quantity`."""

    tenant = tenant_key(db_constraint=False)
    variant = TenantForeignKey(
        Variant, on_delete=models.CASCADE, related_name="movements", db_index=False
    )
    location = TenantForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    delta = models.IntegerField()
    quantity = models.IntegerField()
    reason = models.CharField(max_length=100)
    user = TenantForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    #: Never updated; deleted with its variant.
    granted_privileges = frozenset({"SELECT", "INSERT", "DELETE"})

    class Meta(TenantOwnedModel.Meta):
        db_table = "stock_movements"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(delta=0) & ~Q(reason=""), name="products_stockmovement_changes"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "variant", "-created_at", "-id"], name="products_movement_newest"
            )
        ]
