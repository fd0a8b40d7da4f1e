from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.products.managers import CollectionManager, ProductQuerySet
from apps.products.models.products import Product
from apps.products.rules import select
from apps.tenants.fields import TenantForeignKey
from apps.tenants.models import TenantOwnedModel
from apps.tenants.validators import validate_title


class Collection(TenantOwnedModel):
    """A list of products, either chosen and ordered by hand or selected by rules.

    `rules` is `{"match": "all" | "any", "conditions": [{"field": ..., "value": ...}]}`; see
    `apps.products.rules`.
    """

    class Kind(models.TextChoices):
        MANUAL = "manual", _("Manual")
        RULES = "rules", _("Rules")

    name = models.CharField(max_length=200, validators=[validate_title])
    code = models.CharField(max_length=255, validators=[validate_title])
    description = models.TextField(max_length=100_000, blank=True)
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.MANUAL)
    rules = models.JSONField(default=dict, blank=True)
    published = models.BooleanField(default=True)
    added_on = models.DateTimeField(auto_now_add=True)
    updated_on = models.DateTimeField(auto_now=True)

    objects: ClassVar[CollectionManager] = CollectionManager()

    class Meta(TenantOwnedModel.Meta):
        db_table = "collections"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "code"], name="products_collection_code"),
            models.CheckConstraint(
                condition=Q(kind__in=["manual", "rules"]) & ~Q(code="") & ~Q(name=""),
                name="products_collection_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "name", "id"], name="products_collection_by_name"),
            models.Index(fields=["tenant", "-added_on", "-id"], name="products_collection_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("collection", args=[self.code])

    def select(self, products: ProductQuerySet) -> ProductQuerySet:
        """Return those of `products` that are in the collection."""
        if self.kind == self.Kind.RULES:
            return select(products, self.rules)
        return products.filter(places__collection=self)

    def product_ids(self) -> list[UUID]:
        """Return the ids of the products added by hand, in order."""
        places = self.places.order_by("position", "id")
        return list(places.values_list("product_id", flat=True))

    def set_products(self, ids: list[UUID]) -> None:
        """Put exactly these products into the collection, in this order."""
        places = {place.product_id: place for place in self.places.all()}
        changed, added = [], []
        for position, product_id in enumerate(ids):
            place = places.pop(product_id, None)
            if place is None:
                added.append(
                    CollectionProduct(collection=self, product_id=product_id, position=position)
                )
            elif place.position != position:
                place.position = position
                changed.append(place)
        self.places.filter(product__in=places).delete()
        CollectionProduct.objects.bulk_update(changed, ["position"])
        CollectionProduct.objects.bulk_create(added)


class CollectionProduct(TenantOwnedModel):
    """A product's place in a collection that is ordered by hand."""

    collection = TenantForeignKey(
        Collection, on_delete=models.CASCADE, related_name="places", db_index=False
    )
    product = TenantForeignKey(
        Product, on_delete=models.CASCADE, related_name="places", db_index=False
    )
    position = models.PositiveIntegerField()

    class Meta(TenantOwnedModel.Meta):
        db_table = "collection_products"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "collection", "product"], name="products_collectionproduct_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "collection", "position", "id"], name="products_place_order"
            ),
            models.Index(fields=["tenant", "product"], name="products_place_by_product"),
        ]
