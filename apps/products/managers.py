from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Prefetch, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Collate, JSONObject

from apps.products.exceptions import InsufficientStock
from apps.tenants.batches import StatementBatch
from apps.tenants.cache import NoticedCache
from apps.tenants.context import get_active_tenant_id, require_active_tenant
from apps.tenants.managers import TenantManager, TenantQuerySet

if TYPE_CHECKING:
    from apps.products.models import (  # noqa: F401 -- named in strings below
        CatalogueVersion,
        Collection,
        Product,
        StockItem,
        StockMovement,
        Variant,
    )

User = AbstractBaseUser | AnonymousUser

#: The columns of an image that a list shows.
IMAGE_COLUMNS = (
    "id",
    "alt",
    "status",
    "source_url",
    "content_hash",
    "width",
    "height",
    "color",
)
#: The versions of catalogues in this process; read them by `apps.products.versions`.
catalogue_versions = NoticedCache()
#: Variants that can be bought now.
IN_STOCK = ~Q(stock_policy="deny") | Q(stock_items__quantity__gt=0)


class ProductQuerySet(TenantQuerySet["Product"]):
    def visible_to(self, user: User) -> Self:
        """Return all products for a member of the team, the active ones for others."""
        if getattr(user, "is_team", False):
            return self
        return self.filter(status="active")

    def with_details(self, *, ready_images: bool = False) -> Self:
        """Prefetch everything of the products, in order; of images perhaps the ready ones only."""
        related = {name: self._related(name).objects for name in ("options", "variants", "images")}
        values: Any = self._related("options")._meta.get_field("values").related_model
        images = related["images"].order_by("position", "id")
        return self.select_related("default_variant").prefetch_related(
            "tags",
            Prefetch("options", related["options"].order_by("position")),
            Prefetch("options__values", values.objects.order_by("position")),
            Prefetch("variants", related["variants"].with_details().order_by("position", "id")),
            Prefetch("images", images.filter(status="ready") if ready_images else images),
        )

    def with_summary(self) -> Self:
        """Add what a list shows, in the same statement.

        That is `price`, `compare_at_price`, `in_stock`, `tag_names` in their order, and
        `first_image`, a dict of IMAGE_COLUMNS of the first image that is ready, or None.
        """
        tags = self._related("tags").objects.filter(product=OuterRef("pk"))
        images = self._related("images").objects.filter(product=OuterRef("pk"), status="ready")
        image = images.order_by("position", "id").values_list(
            JSONObject(**{name: name for name in IMAGE_COLUMNS})
        )
        return self.annotate(
            price=F("default_variant__price"),
            compare_at_price=F("default_variant__compare_at_price"),
            in_stock=self.has_variant(IN_STOCK),
            tag_names=ArraySubquery(tags.order_by(Collate("name", "C")).values("name")),
            first_image=Subquery(image[:1]),
        )

    def with_cards(self) -> Self:
        """Add the `lowest_price` and `highest_price`, `in_stock` and a list, `first_images`."""
        variants = self._related("variants").objects.filter(product=OuterRef("pk"))
        prices = variants.order_by().values("product")
        first = self._related("images").objects.filter(status="ready")
        first = first.order_by("product", "position", "id").distinct("product")
        return (
            self.select_related("default_variant")
            .annotate(
                price=F("default_variant__price"),
                in_stock=self.has_variant(IN_STOCK),
                lowest_price=Subquery(prices.values_list(Min("price"))),
                highest_price=Subquery(prices.values_list(Max("price"))),
            )
            .prefetch_related(Prefetch("images", first, to_attr="first_images"))
        )

    def with_stock(self) -> Self:
        """Add the `variant_count` of the products and the `stock` of all their variants."""
        variants = self._related("variants")
        items = variants._meta.get_field("stock_items").related_model.objects
        count = variants.objects.filter(product=OuterRef("pk")).order_by().values("product")
        stock = items.filter(variant__product=OuterRef("pk")).order_by().values("variant__product")
        return self.annotate(
            variant_count=Subquery(count.values_list(Count("pk"))),
            stock=Coalesce(Subquery(stock.values_list(Sum("quantity"))), 0),
        )

    def has_variant(self, condition: Q) -> Exists:
        """Return the condition that a product has a variant with `condition`."""
        return Exists(self._related("variants").objects.filter(condition, product=OuterRef("pk")))

    def has_tag(self, name: str) -> Exists:
        return Exists(self._related("tags").objects.filter(name=name, product=OuterRef("pk")))

    def _related(self, relation: str) -> Any:
        return self.model._meta.get_field(relation).related_model


class ProductManager(TenantManager.from_queryset(ProductQuerySet)):  # type: ignore[misc]
    """Products of the active tenant."""


class VariantQuerySet(TenantQuerySet["Variant"]):
    def with_details(self) -> Self:
        """Add the `stock`, the option values and the images' ids to the variants."""
        items: Any = self.model._meta.get_field("stock_items").related_model
        images: Any = self.model._meta.get_field("variant_images").related_model
        stock = items.objects.filter(variant=OuterRef("pk")).order_by().values("variant")
        return (
            self.annotate(stock=Coalesce(Subquery(stock.values_list(Sum("quantity"))), 0))
            .select_related("value1__option", "value2__option", "value3__option")
            .prefetch_related(Prefetch("variant_images", images.objects.order_by("position", "id")))
        )


class VariantManager(TenantManager.from_queryset(VariantQuerySet)):  # type: ignore[misc]
    """Variants of the active tenant."""


_INSERT_LOCATION: Final = """
INSERT INTO locations (id, tenant_id, name) VALUES (%s, %s, 'Main') ON CONFLICT (id) DO NOTHING
"""


class LocationManager(TenantManager):
    def get_default_id(self, batch: StatementBatch | None = None) -> UUID:
        """Return the id of the shop's location; insert it for the first stock, with `batch`."""
        tenant_id = require_active_tenant().pk
        statements = batch or StatementBatch(self.db)
        statements.add(_INSERT_LOCATION, [tenant_id, tenant_id])
        if batch is None:
            statements.send()
        return tenant_id


class StockItemManager(TenantManager):
    def adjust(self, variant: Variant, delta: int, *, reason: str, user: Any) -> StockMovement:
        """Add `delta` to the stock of `variant` and record it, in the caller's transaction.

        Raise InsufficientStock, and change nothing, if a variant that is sold only while in stock
        would fall below zero.
        """
        items = self.filter(variant=variant).order_by("location__pk")
        item: StockItem | None = items.select_related("location").first()
        if item is None:
            locations = self.model._meta.get_field("location").related_model.objects
            item, _ = self.get_or_create(variant=variant, location_id=locations.get_default_id())
        rows = self.filter(pk=item.pk)
        if delta < 0 and variant.stock_policy == "deny":
            # The row is locked and compared in one statement, so that no other sale is between.
            rows = rows.filter(quantity__gte=-delta)
        if not rows.update(quantity=F("quantity") + delta):
            raise InsufficientStock
        item.refresh_from_db(fields=["quantity"])
        return variant.movements.create(
            location=item.location, delta=delta, quantity=item.quantity, reason=reason, user=user
        )


class CollectionQuerySet(TenantQuerySet["Collection"]):
    def visible_to(self, user: User) -> Self:
        """Return all collections for a member of the team, the published ones for others."""
        return self if getattr(user, "is_team", False) else self.filter(published=True)


class CollectionManager(TenantManager.from_queryset(CollectionQuerySet)):  # type: ignore[misc]
    """Collections of the active tenant."""


#: The row is locked until the transaction ends.
_INCREASE: Final = """
INSERT INTO catalogue_versions AS present (id, tenant_id, version, product_count, product_bytes)
VALUES (%s, %s, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, %s, %s)
ON CONFLICT (id) DO UPDATE
   SET version = greatest(present.version + 1, excluded.version),
       product_count = present.product_count + excluded.product_count,
       product_bytes = present.product_bytes + excluded.product_bytes
RETURNING product_count, product_bytes
"""


class CatalogueVersionManager(TenantManager):
    def current(self) -> int:
        """Return the version of the shop's catalogue, 0 before its first change."""
        version: int | None = self._own().values_list("version", flat=True).first()
        return version or 0

    def current_size(self) -> tuple[int, int]:
        """Return the number of products and the bytes of their texts."""
        sizes: tuple[int, int] | None
        sizes = self._own().values_list("product_count", "product_bytes").first()
        return sizes or (0, 0)

    def increase(
        self, *, products: int = 0, size: int = 0, batch: StatementBatch | None = None
    ) -> tuple[int, int]:
        """Raise the version, at least to the present time in microseconds.

        So it does not repeat after a restored backup set it back. Add to the number of products
        and to the bytes of their texts, and return these two. Sends `batch`, as its last statement.
        """
        tenant_id = require_active_tenant().pk
        batch = batch or StatementBatch(self.db)
        batch.add(_INCREASE, [tenant_id, tenant_id, products, size])
        [(count, used)] = batch.send()
        transaction.on_commit(lambda: catalogue_versions.forget(str(tenant_id)), using=self.db)
        return count, used

    def _own(self) -> TenantQuerySet[CatalogueVersion]:
        return self.filter(pk=get_active_tenant_id())
