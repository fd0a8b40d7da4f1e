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
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django_scopes import ScopedManager


class Tenant(Row):
    code = models.CharField(max_length=63, unique=True)


class Owned(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)

    class Meta:
        abstract = True


class ShopUserManager(UserManager):
    use_in_migrations = False  # a scoped manager cannot be written into a migration


class User(Owned, AbstractUser, Row):
    objects = ScopedManager(tenant="tenant", _manager_class=ShopUserManager)


class Product(Owned, ProductFields):
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    default_variant = models.ForeignKey(
        "Variant", on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = ScopedManager(tenant="tenant")

    class Meta:
        indexes = [models.Index(fields=["tenant", "-added_on"])]
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="product_code")]


class ProductTag(Owned, TagFields):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="tags")

    objects = ScopedManager(tenant="tenant")


class Variant(Owned, VariantFields):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")

    objects = ScopedManager(tenant="tenant")


class StockItem(Owned, StockFields):
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="stock_items")

    objects = ScopedManager(tenant="tenant")


class Image(Owned, ImageFields):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")

    objects = ScopedManager(tenant="tenant")
