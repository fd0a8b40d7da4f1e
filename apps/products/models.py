from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from apps.products.managers import ProductManager
from apps.tenants.fields import TenantForeignKey
from apps.tenants.models import TenantOwnedModel
from apps.tenants.validators import validate_title


class Product(TenantOwnedModel):
    name = models.CharField(max_length=200, validators=[validate_title])
    code = models.CharField(max_length=64, validators=[validate_title])
    description = models.TextField(max_length=20_000, blank=True)
    published = models.BooleanField(default=False)
    added_by = TenantForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    added_on = models.DateTimeField(auto_now_add=True)
    updated_on = models.DateTimeField(auto_now=True)

    objects: ClassVar[ProductManager] = ProductManager()

    class Meta(TenantOwnedModel.Meta):
        db_table = "products"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "code"], name="products_product_code"),
        ]
        indexes = [
            models.Index(fields=["tenant", "-added_on", "-id"], name="products_product_newest"),
            models.Index(fields=["tenant", "name", "id"], name="products_product_by_name"),
        ]

    def __str__(self) -> str:
        return self.name
