from __future__ import annotations

from typing import Any

from django.db import transaction
from rest_framework.permissions import IsAuthenticatedOrReadOnly

from apps.api.viewsets import ModelViewSet
from apps.audit.actions import Action
from apps.audit.models import AuditEvent
from apps.products.actions import ProductAction
from apps.products.models import Product
from apps.products.quotas import reserve, size_of
from apps.products.serializers import ProductSerializer
from apps.users.permissions import IsTeamOrReadOnly


class ProductViewSet(ModelViewSet):
    """The products of the shop. The public reads the published ones, the team manages all."""

    queryset = Product.objects.order_by("-added_on")
    serializer_class = ProductSerializer
    permission_classes = [IsAuthenticatedOrReadOnly, IsTeamOrReadOnly]
    search_fields = ["name", "code", "description"]
    filterset_fields = ["code", "published"]
    ordering_fields = ["name", "added_on"]
    ordering = ["-added_on"]

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        return queryset.visible_to(self.request.user)

    @transaction.atomic
    def perform_create(self, serializer: Any) -> None:
        reserve(rows=1, size=size_of(serializer.validated_data))
        product = serializer.save(added_by=self.request.user)
        self._record(ProductAction.CREATED, product)

    def perform_update(self, serializer: Any) -> None:
        new = serializer.validated_data
        old = {name: getattr(serializer.instance, name) for name in new}
        reserve(rows=0, size=size_of(new) - size_of(old))
        self._record(ProductAction.CHANGED, serializer.save(), fields=sorted(new))

    def perform_destroy(self, instance: Product) -> None:
        self._record(ProductAction.DELETED, instance)
        instance.delete()

    def _record(self, action: Action, product: Product, **details: Any) -> None:
        AuditEvent.objects.record(
            action, self.request, actor=self.request.user, subject=product.code, **details
        )
