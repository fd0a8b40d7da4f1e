from __future__ import annotations

from collections.abc import Container
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.filters import StrictFilterBackend, StrictOrderingFilter
from apps.api.problems import nested
from apps.api.viewsets import ModelViewSet
from apps.audit.actions import Action
from apps.audit.models import AuditEvent
from apps.products.actions import ProductAction
from apps.products.filters import ProductFilterSet, ProductSearchFilter
from apps.products.models import Product, catalogue_change
from apps.products.quotas import resize, size_of
from apps.products.serializers.products import (
    BulkUpdateSerializer,
    ProductSerializer,
    ProductSummarySerializer,
)
from apps.products.views.caching import CatalogueListMixin, CatalogueRetrieveMixin
from apps.tenants.batches import StatementBatch
from apps.users.permissions import IsTeamOrReadOnly


@extend_schema_view(list=extend_schema(responses=ProductSummarySerializer(many=True)))
class ProductViewSet(CatalogueListMixin, CatalogueRetrieveMixin, ModelViewSet):
    """The products of the shop. The public reads the active ones, the team manages all."""

    queryset = Product.objects.order_by("-added_on")
    serializer_class = ProductSerializer
    permission_classes = [IsAuthenticatedOrReadOnly, IsTeamOrReadOnly]
    filter_backends = [StrictFilterBackend, ProductSearchFilter, StrictOrderingFilter]
    filterset_class = ProductFilterSet
    ordering_fields = ["name", "added_on", "price"]
    ordering = ["-added_on"]

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        user: Any = self.request.user
        visible = queryset.visible_to(user)
        if self.action == "list":
            return visible.with_summary()
        return visible.with_details(ready_images=not getattr(user, "is_team", False))

    def get_statement_key(self) -> bool:
        return getattr(self.request.user, "is_team", False)

    def get_serializer_class(self) -> Any:
        return ProductSummarySerializer if self.action == "list" else ProductSerializer

    @transaction.atomic
    def perform_create(self, serializer: Any) -> None:
        batch = StatementBatch()
        self._record(ProductAction.CREATED, serializer.save(batch=batch), batch=batch)
        resize(products=1, size=size_of(serializer.validated_data), batch=batch)

    def perform_update(self, serializer: Any) -> None:
        new = serializer.validated_data
        old = {name: getattr(serializer.instance, name) for name in new}
        product = serializer.save()
        if serializer.is_changed:
            self._record(ProductAction.CHANGED, product, fields=sorted(new))
            resize(products=0, size=size_of(new) - size_of(old))

    def perform_destroy(self, instance: Product) -> None:
        self._record(ProductAction.DELETED, instance)
        instance.delete()
        resize(products=-1, size=-size_of(vars(instance)))

    @extend_schema(
        operation_id="products_bulk_update",
        request=BulkUpdateSerializer,
        responses=BulkUpdateSerializer,
    )
    @catalogue_change()
    def bulk_update(self, request: Request) -> Response:
        """Set the status of up to 100 products, of all or none."""
        serializer = BulkUpdateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        ids, status = serializer.validated_data["ids"], serializer.validated_data["status"]
        products = Product.objects.filter(pk__in=ids).order_by("pk").select_for_update()
        require_known(ids, {product.pk for product in products}, "ids")
        for product in products:
            if product.status != status:
                product.change(status=status)
                self._record(ProductAction.CHANGED, product, fields=["status"])
        return Response(serializer.data)

    def _record(self, action: Action, product: Product, **details: Any) -> None:
        AuditEvent.objects.record(
            action, self.request, actor=self.request.user, subject=product.code, **details
        )


def require_known(ids: list[Any], known: Container[Any], name: str) -> None:
    """Raise ValidationError for each of `ids`, the member `name` of a body, not in `known`."""
    unknown = [index for index, pk in enumerate(ids) if pk not in known]
    if unknown:
        error = ValidationError(_("Unknown product."), "does_not_exist").detail
        raise ValidationError(nested(dict.fromkeys(unknown, error), [name]))
