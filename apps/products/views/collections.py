from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.viewsets import ModelViewSet
from apps.audit.actions import Action
from apps.audit.models import AuditEvent
from apps.products.actions import CollectionAction
from apps.products.models import Collection, Product, catalogue_change
from apps.products.serializers.collections import (
    MAX_PLACES,
    CollectionSerializer,
    PlaceSerializer,
    PlacesSerializer,
)
from apps.products.serializers.products import ProductSummarySerializer
from apps.products.views.caching import CatalogueListMixin, CatalogueRetrieveMixin
from apps.products.views.products import require_known
from apps.users.permissions import IsTeamOrReadOnly


class RecordMixin:
    def record(self: Any, action: Action, collection: Collection, **details: Any) -> None:
        AuditEvent.objects.record(
            action, self.request, actor=self.request.user, subject=collection.code, **details
        )


class CollectionViewSet(RecordMixin, CatalogueListMixin, CatalogueRetrieveMixin, ModelViewSet):
    """The collections of the shop. The public reads the published ones."""

    queryset = Collection.objects.order_by("name")
    serializer_class = CollectionSerializer
    permission_classes = [IsAuthenticatedOrReadOnly, IsTeamOrReadOnly]
    search_fields = ["name", "code"]
    filterset_fields = ["code", "kind", "published"]
    ordering_fields = ["name", "added_on"]
    ordering = ["name"]

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        return queryset.visible_to(self.request.user)

    @catalogue_change()
    def perform_create(self, serializer: Any) -> None:
        self.record(CollectionAction.CREATED, serializer.save())

    @catalogue_change()
    def perform_update(self, serializer: Any) -> None:
        fields = sorted(serializer.validated_data)
        self.record(CollectionAction.CHANGED, serializer.save(), fields=fields)

    @catalogue_change()
    def perform_destroy(self, instance: Collection) -> None:
        self.record(CollectionAction.DELETED, instance)
        instance.delete()


@extend_schema(
    parameters=[OpenApiParameter("collection_pk", OpenApiTypes.UUID, OpenApiParameter.PATH)]
)
@extend_schema_view(
    create=extend_schema(request=PlaceSerializer, responses={201: PlaceSerializer}),
)
class CollectionProductViewSet(RecordMixin, CatalogueListMixin, viewsets.GenericViewSet):
    """The products of a collection: in the order of their places, or by rules the newest first."""

    queryset = Product.objects.all()
    serializer_class = ProductSummarySerializer
    permission_classes = [IsAuthenticatedOrReadOnly, IsTeamOrReadOnly]
    filter_backends = []

    def get_collection(self, *, lock: bool = False) -> Collection:
        collections = Collection.objects.visible_to(self.request.user)
        if lock:
            collections = collections.select_for_update()
        return get_object_or_404(collections, pk=self.kwargs["collection_pk"])

    def get_queryset(self) -> Any:
        collection, products = self.get_collection(), Product.objects.visible_to(self.request.user)
        selected = collection.select(products).with_summary()
        if collection.kind == Collection.Kind.RULES:
            self.ordering = ["-added_on"]
            return selected.order_by("-added_on")
        self.ordering = ["position"]
        return selected.annotate(position=F("places__position")).order_by("position")

    def get_manual_collection(self) -> Collection:
        """Return the collection, locked; raise ValidationError if rules select its products."""
        collection = self.get_collection(lock=True)
        if collection.kind != Collection.Kind.MANUAL:
            raise ValidationError(_("Rules select the products of this collection."), "not_manual")
        return collection

    @catalogue_change()
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a product to a manual collection, or move it."""
        serializer = PlaceSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        collection = self.get_manual_collection()
        product = serializer.validated_data["product"]
        others = [pk for pk in collection.product_ids() if pk != product.pk]
        if len(others) >= MAX_PLACES:
            raise ValidationError(
                _("A collection has at most %(max)s products.") % {"max": MAX_PLACES}, "too_many"
            )
        position = min(serializer.validated_data.get("position", len(others)), len(others))
        collection.set_products([*others[:position], product.pk, *others[position:]])
        self.record(CollectionAction.CHANGED, collection, added=product.code)
        return Response({"product": product.pk, "position": position}, status=201)

    @extend_schema(request=PlacesSerializer, responses=PlacesSerializer)
    @catalogue_change()
    def replace(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Set all products of a manual collection, in order."""
        serializer = PlacesSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        collection = self.get_manual_collection()
        ids = list(dict.fromkeys(serializer.validated_data["products"]))
        known = Product.objects.filter(pk__in=ids).values_list("pk", flat=True)
        require_known(serializer.validated_data["products"], set(known), "products")
        collection.set_products(ids)
        self.record(CollectionAction.CHANGED, collection, fields=["products"])
        return Response({"products": ids})

    @extend_schema(responses={204: None})
    @catalogue_change()
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Remove a product from a manual collection."""
        collection = self.get_manual_collection()
        place = get_object_or_404(collection.places.all(), product=self.kwargs["pk"])
        self.record(CollectionAction.CHANGED, collection, removed=place.product.code)
        place.delete()
        return Response(status=204)
