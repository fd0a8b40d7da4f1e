from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from apps.products.filters import ProductSearchFilter
from apps.products.models import Product
from apps.products.search.query import search
from apps.products.serializers.products import ProductSummarySerializer

MAX_SUGGESTIONS = 8


class SuggestionFilter(ProductSearchFilter):
    search_param = "q"


class SuggestView(generics.GenericAPIView):
    """The best products for an incomplete search, as one types it."""

    queryset = Product.objects.all()
    serializer_class = ProductSummarySerializer
    permission_classes = [AllowAny]
    pagination_class = None
    filter_backends = []

    @extend_schema(
        operation_id="search_suggest",
        parameters=[OpenApiParameter("q", {"type": "string", "maxLength": 100}, required=True)],
        responses=ProductSummarySerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        text = " ".join(SuggestionFilter().get_search_terms(request))
        user: Any = request.user
        products: Any = Product.objects.visible_to(user)
        ids = search(products, text, MAX_SUGGESTIONS)
        rows = {product.pk: product for product in products.with_summary().filter(pk__in=ids)}
        found = [rows[pk] for pk in ids if pk in rows]
        return Response(self.get_serializer(found, many=True).data)
