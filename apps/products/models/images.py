from __future__ import annotations

from django.db import models
from django.db.models import Q

from apps.products.images.exceptions import message_of
from apps.products.models.products import Product
from apps.products.models.variants import Variant
from apps.tenants.fields import TenantForeignKey
from apps.tenants.models import TenantOwnedModel


class Image(TenantOwnedModel):
    """A picture of a product. A job makes its renditions; see apps.products.images."""

    class Status(models.TextChoices):
        PENDING = "pending"
        READY = "ready"
        FAILED = "failed"

    product = TenantForeignKey(
        Product, on_delete=models.CASCADE, related_name="images", db_index=False
    )
    position = models.PositiveIntegerField()
    alt = models.CharField(max_length=512, blank=True)
    # The address it was imported from.
    source_url = models.CharField(max_length=2048, blank=True)
    # The SHA-256 of the uploaded file, which names its renditions.
    content_hash = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.PENDING)
    # Of an InvalidImage.
    error_code = models.CharField(max_length=50, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    # Of the uploaded file, in bytes.
    size = models.PositiveIntegerField(null=True)
    # The average colour, such as #c0ffee.
    color = models.CharField(max_length=7, blank=True)
    added_on = models.DateTimeField(auto_now_add=True)

    class Meta(TenantOwnedModel.Meta):
        db_table = "images"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(status="ready")
                | Q(width__gt=0, height__gt=0) & ~Q(content_hash="") & ~Q(color=""),
                name="products_image_ready",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "product", "position"], name="products_image_order"),
            models.Index(fields=["tenant", "content_hash"], name="products_image_by_hash"),
        ]

    def __str__(self) -> str:
        return self.alt or self.source_url or self.content_hash

    @property
    def error(self) -> str:
        return message_of(self.error_code)


class VariantImage(TenantOwnedModel):
    variant = TenantForeignKey(
        Variant, on_delete=models.CASCADE, related_name="variant_images", db_index=False
    )
    image = TenantForeignKey(
        Image, on_delete=models.CASCADE, related_name="variant_images", db_index=False
    )
    position = models.PositiveIntegerField(default=0)

    class Meta(TenantOwnedModel.Meta):
        db_table = "variant_images"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "variant", "image"], name="products_variantimage_once"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "image"], name="products_variantimage_by_image")]
