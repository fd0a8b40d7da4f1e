from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.products.managers import ProductManager
from apps.tenants.fields import TenantForeignKey
from apps.tenants.models import TenantOwnedModel, tenant_key
from apps.tenants.validators import validate_title


class Product(TenantOwnedModel):
    """A product, sold as one or more variants, which have its prices, SKUs and stock."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        ARCHIVED = "archived", _("Archived")

    name = models.CharField(max_length=255, validators=[validate_title])
    # The last part of its URL, in Unicode's normal form C: one spelling for one address.
    code = models.CharField(max_length=255, validators=[validate_title])
    # HTML of the elements and attributes that apps.products.html permits.
    description = models.TextField(max_length=100_000, blank=True)
    vendor = models.CharField(max_length=255, blank=True)
    product_type = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DRAFT)
    is_gift_card = models.BooleanField(default=False)
    # Null only between the insertions of a product and of its first variant. The collector finds
    # variants by their product; the reference is deferred until the transaction ends.
    default_variant = TenantForeignKey(
        "products.Variant",
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        editable=False,
        db_index=False,
    )
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
            models.CheckConstraint(
                condition=~models.Q(code="") & ~models.Q(name=""), name="products_product_has_name"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "active", "archived"]),
                name="products_product_status",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-added_on", "-id"], name="products_product_newest"),
            models.Index(fields=["tenant", "name", "id"], name="products_product_by_name"),
            models.Index(fields=["tenant", "vendor"], name="products_product_by_vendor"),
            models.Index(fields=["tenant", "product_type"], name="products_product_by_type"),
            models.Index(fields=["tenant", "default_variant"], name="products_product_by_variant"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("product", args=[self.code])

    def change(self, **fields: Any) -> None:
        """Set and save `fields`."""
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=[*fields, "updated_on"])


class ProductTag(TenantOwnedModel):
    tenant = tenant_key(db_constraint=False)
    product = TenantForeignKey(
        Product, on_delete=models.CASCADE, related_name="tags", db_index=False
    )
    name = models.CharField(max_length=255)

    class Meta(TenantOwnedModel.Meta):
        db_table = "product_tags"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "product", "name"], name="products_producttag_once"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="products_producttag_named"),
        ]
        indexes = [models.Index(fields=["tenant", "name", "product"], name="products_tag_by_name")]

    def __str__(self) -> str:
        return self.name
