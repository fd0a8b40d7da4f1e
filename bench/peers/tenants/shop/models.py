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


class User(AbstractUser, Row):
    pass


class Product(ProductFields):
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    default_variant = models.ForeignKey(
        "Variant", on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["-added_on"])]
        constraints = [models.UniqueConstraint(fields=["code"], name="product_code")]


class ProductTag(TagFields):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="tags")


class Variant(VariantFields):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")


class StockItem(StockFields):
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="stock_items")


class Image(ImageFields):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
