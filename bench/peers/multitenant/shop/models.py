from __future__ import annotations

from catalogue.fields import (
    ImageFields,
    ProductFields,
    Row,
    StockFields,
    TagFields,
    VariantFields,
)
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django_multitenant.fields import TenantForeignKey
from django_multitenant.models import TenantModel


class Tenant(TenantModel, Row):
    code = models.CharField(max_length=63, unique=True)

    class TenantMeta:
        tenant_field_name = "id"


class Owned(TenantModel):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)

    class Meta:
        abstract = True

    class TenantMeta:
        tenant_field_name = "tenant_id"


class User(AbstractUser, Row):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)


class Product(Owned, ProductFields):
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    default_variant = TenantForeignKey(
        "Variant", on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["tenant", "-added_on"])]
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="product_code")]


class ProductTag(Owned, TagFields):
    product = TenantForeignKey(Product, on_delete=models.CASCADE, related_name="tags")


class Variant(Owned, VariantFields):
    product = TenantForeignKey(Product, on_delete=models.CASCADE, related_name="variants")


class StockItem(Owned, StockFields):
    variant = TenantForeignKey(Variant, on_delete=models.CASCADE, related_name="stock_items")


class Image(Owned, ImageFields):
    product = TenantForeignKey(Product, on_delete=models.CASCADE, related_name="images")
