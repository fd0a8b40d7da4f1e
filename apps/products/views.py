from __future__ import annotations

from typing import Any

from rest_framework import viewsets
from rest_framework.permissions import IsAuthenticatedOrReadOnly

from apps.products.models import Product
from apps.products.serializers import ProductSerializer
from apps.users.permissions import IsTeamOrReadOnly


class ProductViewSet(viewsets.ModelViewSet):
    """The shop's products. Anybody reads the published ones; the team sees and writes all."""

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

    def perform_create(self, serializer: Any) -> None:
        serializer.save(added_by=self.request.user)
