from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAuthenticatedOrReadOnly

from apps.api.viewsets import ListModelMixin, ModelViewSet
from apps.audit.models import AuditEvent
from apps.products.actions import ProductAction
from apps.products.editing import edit_product
from apps.products.exceptions import LastVariant
from apps.products.models import (
    CatalogueVersion,
    Product,
    StockItem,
    StockMovement,
    Variant,
    catalogue_change,
)
from apps.products.serializers.variants import StockMovementSerializer, VariantSerializer
from apps.products.views.caching import CatalogueListMixin, CatalogueRetrieveMixin
from apps.users.permissions import IsTeam, IsTeamOrReadOnly

PRODUCT_PK = OpenApiParameter("product_pk", OpenApiTypes.UUID, OpenApiParameter.PATH)
VARIANT_PK = OpenApiParameter("variant_pk", OpenApiTypes.UUID, OpenApiParameter.PATH)


class OfProductMixin:
    """A view of the rows of one product, whose id is in the path."""

    def get_product(self: Any, *, lock: bool = False) -> Product:
        """Return the product if the user may see it; raise Http404."""
        products = Product.objects.visible_to(self.request.user)
        if lock:
            products = products.select_for_update(of=("self",)).with_details()
        return get_object_or_404(products, pk=self.kwargs["product_pk"])

    def record(self: Any, product: Product, **details: Any) -> None:
        AuditEvent.objects.record(
            ProductAction.CHANGED,
            self.request,
            actor=self.request.user,
            subject=product.code,
            **details,
        )

    def edit(self: Any, product: Product, data: dict[str, Any]) -> bool:
        """Apply `data` and record it; see `edit_product()`."""
        is_changed = edit_product(product, data, user=self.request.user)
        if is_changed:
            self.record(product, fields=sorted(data))
        return is_changed


@extend_schema(parameters=[PRODUCT_PK])
class VariantViewSet(OfProductMixin, CatalogueListMixin, CatalogueRetrieveMixin, ModelViewSet):
    """The variants of a product. A new one comes last."""

    queryset = Variant.objects.order_by("position")
    serializer_class = VariantSerializer
    permission_classes = [IsAuthenticatedOrReadOnly, IsTeamOrReadOnly]
    filter_backends = []
    ordering = ["position"]

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        return queryset.filter(product=self.get_product().pk).with_details()

    def get_locked_object(self) -> Any:
        self.get_product(lock=True)  # first, as a change of the whole product does
        return super().get_locked_object()

    @catalogue_change()
    def perform_create(self, serializer: Any) -> None:
        product = self.get_product(lock=True)
        present = _items(product)
        self.edit(product, {"variants": [*present, serializer.validated_data]})
        new = self.get_queryset().exclude(pk__in=[item["id"] for item in present])
        serializer.instance = new.get()

    def perform_update(self, serializer: Any) -> None:
        pk, data = serializer.instance.pk, serializer.validated_data
        product = self.get_product(lock=True)
        items = [item | (data if item["id"] == pk else {}) for item in _items(product)]
        if self.edit(product, {"variants": items}):
            CatalogueVersion.objects.increase()
        serializer.instance = self.get_queryset().get(pk=pk)

    @catalogue_change()
    def perform_destroy(self, instance: Variant) -> None:
        product = self.get_product(lock=True)
        items = [item for item in _items(product) if item["id"] != instance.pk]
        if not items:
            raise LastVariant
        self.edit(product, {"variants": items})


@extend_schema(parameters=[PRODUCT_PK, VARIANT_PK])
@extend_schema_view(list=extend_schema(description="The changes of the stock, newest first."))
class StockViewSet(
    OfProductMixin, mixins.CreateModelMixin, ListModelMixin, viewsets.GenericViewSet
):
    """The stock of a variant, changed by `delta`; 409 if there is less than is removed."""

    queryset = StockMovement.objects.order_by("-created_at")
    serializer_class = StockMovementSerializer
    permission_classes = [IsTeam]
    filter_backends = []
    ordering = ["-created_at"]

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(variant=self._get_variant().pk)

    @catalogue_change()
    def perform_create(self, serializer: Any) -> None:
        variant, data = self._get_variant(), serializer.validated_data
        serializer.instance = StockItem.objects.adjust(
            variant, data["delta"], reason=data["reason"], user=self.request.user
        )
        self.record(variant.product, stock=data["delta"], reason=data["reason"])

    def _get_variant(self) -> Variant:
        variants = Variant.objects.filter(product=self.get_product().pk)
        return get_object_or_404(variants.select_related("product"), pk=self.kwargs["variant_pk"])


def _items(product: Product) -> list[dict[str, Any]]:
    return [{"id": variant.pk} for variant in product.variants.all()]
