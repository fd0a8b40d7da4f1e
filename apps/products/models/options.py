from __future__ import annotations

from typing import Final

from django.db import models

from apps.products.models.products import Product
from apps.tenants.fields import TenantForeignKey
from apps.tenants.models import TenantOwnedModel

MAX_OPTIONS: Final = 3


class Option(TenantOwnedModel):
    """A property in which the variants of one product differ, such as the size."""

    product = TenantForeignKey(
        Product, on_delete=models.CASCADE, related_name="options", db_index=False
    )
    name = models.CharField(max_length=255)
    position = models.PositiveSmallIntegerField()

    class Meta(TenantOwnedModel.Meta):
        db_table = "product_options"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "product", "name"], name="products_option_name"
            ),
            models.CheckConstraint(
                condition=models.Q(position__lt=MAX_OPTIONS) & ~models.Q(name=""),
                name="products_option_position",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OptionValue(TenantOwnedModel):
    option = TenantForeignKey(
        Option, on_delete=models.CASCADE, related_name="values", db_index=False
    )
    name = models.CharField(max_length=255)
    position = models.PositiveSmallIntegerField()

    class Meta(TenantOwnedModel.Meta):
        db_table = "product_option_values"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "option", "name"], name="products_optionvalue_name"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="products_optionvalue_named"),
        ]

    def __str__(self) -> str:
        return self.name
