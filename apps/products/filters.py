from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from drf_spectacular.utils import extend_schema_field
from rest_framework.request import Request
from rest_framework.settings import api_settings

from apps.api.filters import (
    LimitedSearchFilter,
    StrictBooleanFilter,
    StrictCharFilter,
    StrictFilterSet,
)
from apps.products.managers import IN_STOCK
from apps.products.models import MAX_AMOUNT, Collection, Product
from apps.products.search.query import MAX_RESULTS, ranked, search


@extend_schema_field({"type": "integer", "minimum": 0, "maximum": MAX_AMOUNT})
class AmountFilter(django_filters.NumberFilter):
    """An amount in minor units."""

    field_class = forms.IntegerField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(method="keep", min_value=0, max_value=MAX_AMOUNT, **kwargs)


class ProductSearchFilter(LimitedSearchFilter):
    """`?search=` by the search index, the best match first unless another order is asked for."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        text = " ".join(self.get_search_terms(request))
        if not text:
            return queryset
        if api_settings.ORDERING_PARAM in request.query_params:
            return queryset.filter(pk__in=search(queryset, text))
        view.ordering = ["rank"]
        return ranked(queryset, search(queryset, text, self._limit(request, view)))

    def _limit(self, request: Request, view: Any) -> int:
        """Return the number of the best products that the page needs: of the first one, few."""
        if view.paginator.cursor_query_param in request.query_params:
            return MAX_RESULTS
        return int(view.paginator.get_page_size(request)) + 1


class ProductFilterSet(StrictFilterSet):
    """Filters of products. Those of price and stock must hold for one and the same variant."""

    published = StrictBooleanFilter(method="filter_published", help_text="Active, or not.")
    status = django_filters.ChoiceFilter(choices=Product.Status.choices)
    tag = StrictCharFilter(method="filter_tag")
    collection = django_filters.UUIDFilter(method="filter_collection")
    price_min = AmountFilter()
    price_max = AmountFilter()
    in_stock = StrictBooleanFilter(method="keep")

    class Meta:
        model = Product
        fields = ["code", "vendor", "product_type"]

    def filter_queryset(self, queryset: Any) -> Any:
        queryset = super().filter_queryset(queryset)
        prices = Q()
        for name, lookup in (("price_min", "price__gte"), ("price_max", "price__lte")):
            if (amount := self.form.cleaned_data[name]) is not None:
                prices &= Q(**{lookup: amount})
        match self.form.cleaned_data["in_stock"]:
            case True:
                return queryset.filter(queryset.has_variant(prices & IN_STOCK))
            case False:
                queryset = queryset.exclude(queryset.has_variant(IN_STOCK))
        return queryset.filter(queryset.has_variant(prices)) if prices else queryset

    def keep(self, queryset: Any, name: str, value: Any) -> Any:
        """Return the queryset; `filter_queryset()` combines these filters."""
        return queryset

    def filter_published(self, queryset: Any, name: str, value: bool) -> Any:
        active = Q(status=Product.Status.ACTIVE)
        return queryset.filter(active if value else ~active)

    def filter_tag(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(queryset.has_tag(value))

    def filter_collection(self, queryset: Any, name: str, value: Any) -> Any:
        user = getattr(self.request, "user", None)
        collection = Collection.objects.visible_to(user).filter(pk=value).first()
        return collection.select(queryset) if collection else queryset.none()
