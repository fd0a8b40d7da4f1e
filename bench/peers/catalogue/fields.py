"""The columns of the peers' models, which are those of Galleria's lists.

Each peer adds the references, because these are what its library is about.
"""

from __future__ import annotations

import uuid

from django.db import models


class Row(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class ProductFields(Row):
    name = models.CharField(max_length=255)
    code = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    vendor = models.CharField(max_length=255, blank=True)
    product_type = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=8, default="draft")
    is_gift_card = models.BooleanField(default=False)
    added_on = models.DateTimeField(auto_now_add=True)
    updated_on = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    @property
    def first_image(self):
        return self.first_images[0] if self.first_images else None


class TagFields(Row):
    name = models.CharField(max_length=255)

    class Meta:
        abstract = True


class VariantFields(Row):
    position = models.PositiveIntegerField(default=0)
    sku = models.CharField(max_length=255, blank=True)
    price = models.BigIntegerField(default=0)
    compare_at_price = models.BigIntegerField(null=True)
    stock_policy = models.CharField(max_length=9, default="deny")

    class Meta:
        abstract = True


class StockFields(Row):
    quantity = models.IntegerField(default=0)

    class Meta:
        abstract = True


class ImageFields(Row):
    position = models.PositiveIntegerField(default=0)
    alt = models.CharField(max_length=512, blank=True)
    source_url = models.CharField(max_length=2048, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=7, default="pending")
    error = models.CharField(max_length=200, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    color = models.CharField(max_length=7, blank=True)

    class Meta:
        abstract = True
