from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import Q

from apps.products.managers import VariantManager
from apps.products.models.options import OptionValue
from apps.products.models.products import Product
from apps.tenants.fields import TenantForeignKey
from apps.tenants.models import TenantOwnedModel, tenant_key

MAX_VARIANTS: Final = 2_048
#: The greatest price in minor units: exact in the numbers of JavaScript, and in 13 digits.
MAX_AMOUNT: Final = 9_999_999_999_999


def _value_field() -> Any:
    return TenantForeignKey(OptionValue, on_delete=models.RESTRICT, null=True, related_name="+")


class Variant(TenantOwnedModel):
    """A form of a product that is sold: option values with a price, a SKU and stock.

    `value1` is a value of the product's first option, and so on. A SKU may repeat.
    """

    class StockPolicy(models.TextChoices):
        DENY = "deny"  # sold while in stock
        CONTINUE = "continue"  # sold below zero, too
        UNTRACKED = "untracked"

    tenant = tenant_key(db_constraint=False)
    product = TenantForeignKey(
        Product, on_delete=models.CASCADE, related_name="variants", db_index=False
    )
    position = models.PositiveIntegerField()
    value1 = _value_field()
    value2 = _value_field()
    value3 = _value_field()
    sku = models.CharField(max_length=255, blank=True)
    barcode = models.CharField(max_length=255, blank=True)
    # In minor units of the shop's currency.
    price = models.BigIntegerField(default=0)
    compare_at_price = models.BigIntegerField(null=True)
    # In grams.
    weight = models.PositiveIntegerField(null=True)
    requires_shipping = models.BooleanField(default=True)
    is_taxable = models.BooleanField(default=True)
    stock_policy = models.CharField(
        max_length=9, choices=StockPolicy.choices, default=StockPolicy.DENY
    )

    objects: ClassVar[VariantManager] = VariantManager()

    #: The quantity at all locations, added by `with_details()`.
    stock = 0

    class Meta(TenantOwnedModel.Meta):
        db_table = "variants"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "product", "value1", "value2", "value3"],
                condition=Q(value1__isnull=False),
                nulls_distinct=False,
                name="products_variant_combination",
            ),
            models.CheckConstraint(
                condition=(Q(value1__isnull=False) | Q(value2=None))
                & (Q(value2__isnull=False) | Q(value3=None)),
                name="products_variant_values_in_order",
            ),
            models.CheckConstraint(
                condition=Q(price__range=(0, MAX_AMOUNT))
                & (Q(compare_at_price=None) | Q(compare_at_price__range=(0, MAX_AMOUNT))),
                name="products_variant_amounts",
            ),
            models.CheckConstraint(
                condition=Q(stock_policy__in=["deny", "continue", "untracked"]),
                name="products_variant_stock_policy",
            ),
            models.CheckConstraint(
                condition=Q(position__lt=MAX_VARIANTS), name="products_variant_position"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "product", "position"], name="products_variant_order"),
            models.Index(fields=["tenant", "price", "id"], name="products_variant_by_price"),
            models.Index(fields=["tenant", "sku"], name="products_variant_by_sku"),
        ]

    def __str__(self) -> str:
        return self.sku or str(self.pk)

    @property
    def value_ids(self) -> tuple[Any, Any, Any]:
        return self.value1_id, self.value2_id, self.value3_id
