from __future__ import annotations

from catalogue.serializers import NewProductSerializer, ProductSerializer
from django.contrib.postgres.aggregates import BoolOr
from django.db.models import F, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce
from rest_framework.viewsets import ModelViewSet
from shop.models import Image, Product, Variant


class ProductViewSet(ModelViewSet):
    filterset_fields = ["code", "vendor", "product_type", "status"]

    def get_queryset(self):
        in_stock = ~Q(stock_policy="deny") | Q(stock_items__quantity__gt=0)
        # Not Exists: PostgreSQL would look through the variants of all products first.
        variants = Variant.objects.filter(product=OuterRef("pk")).values("product")
        is_in_stock = Subquery(variants.annotate(any=BoolOr(in_stock)).values("any"))
        first_images = (
            Image.objects.filter(status="ready")
            .order_by("product", "position", "id")
            .distinct("product")
        )
        return (
            Product.objects.select_related("default_variant")
            .annotate(
                price=F("default_variant__price"),
                in_stock=Coalesce(is_in_stock, Value(value=False)),
            )
            .prefetch_related("tags", Prefetch("images", first_images, to_attr="first_images"))
        )

    def get_serializer_class(self):
        return NewProductSerializer if self.action == "create" else ProductSerializer

    def perform_create(self, serializer):
        serializer.save(added_by=self.request.user)
