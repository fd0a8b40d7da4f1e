from __future__ import annotations

import unicodedata
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.text import Truncator

from apps.products.search.query import ranked, search
from apps.storefront.listing import listing
from apps.storefront.picker import (
    chosen_variant,
    is_back_order,
    is_in_stock,
    option_choices,
)
from apps.storefront.structured_data import product_data, text_of
from apps.storefront.views.storefront import (
    FEATURED,
    StorefrontView,
    in_order,
    visible_collections,
    visible_products,
)

ROW = 8
MAX_QUERY = 100
MAX_SUGGESTIONS = 6
MAX_DESCRIPTION = 160


class HomeView(StorefrontView):
    template_name = "storefront/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        featured = visible_collections().filter(code=FEATURED).first()
        products: list[Any] = []
        if featured:
            rows, order = in_order(featured)
            products = list(rows.with_cards().order_by(*order)[:ROW])
        newest = list(visible_products().with_cards().order_by("-added_on", "-id")[:ROW])
        return super().get_context_data(
            featured=featured,
            featured_products=products,
            newest=newest,
            hero=next(iter(products or newest), None),
            **kwargs,
        )


class CollectionsView(StorefrontView):
    """All collections, and all products of the shop."""

    template_name = "storefront/collection.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = listing(visible_products(), self.request.GET, order=["-added_on", "-id"])
        return super().get_context_data(listing=found, **kwargs)


class CollectionView(StorefrontView):
    template_name = "storefront/collection.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        collection = get_object_or_404(visible_collections(), code=normal(self.kwargs["code"]))
        products, order = in_order(collection)
        found = listing(products, self.request.GET, order=order)
        return super().get_context_data(
            collection=collection,
            listing=found,
            description=summary_of(collection.description),
            **kwargs,
        )


class SearchView(StorefrontView):
    template_name = "storefront/search.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = query_of(self.request)
        products = matching(query) if query else visible_products().none()
        order = ["rank"] if query else ["id"]
        found = listing(products, self.request.GET, order=order)
        return super().get_context_data(query=query, listing=found, **kwargs)


class SuggestionsView(StorefrontView):
    """The best products for an incomplete search, as a part of a page."""

    template_name = "storefront/suggestions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = query_of(self.request)
        products: Any = visible_products().none()
        if query:
            products = matching(query).with_cards().order_by("rank")[:MAX_SUGGESTIONS]
        return super().get_context_data(query=query, products=products, **kwargs)


class ProductView(StorefrontView):
    template_name = "storefront/product.html"

    def get_product(self) -> Any:
        products = visible_products().with_details(ready_images=True)
        return get_object_or_404(products, code=normal(self.kwargs["code"]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        product = self.get_product()
        variant = chosen_variant(product, self.request.GET.get("variant", ""))
        images = list(product.images.all())
        if variant:
            own = [row.image_id for row in variant.variant_images.all()]
            places = {key: place for place, key in enumerate(own)}
            images.sort(key=lambda image: places.get(image.pk, len(own)))
        return super().get_context_data(
            product=product,
            variant=variant,
            in_stock=variant and is_in_stock(variant),
            is_back_order=variant and is_back_order(variant),
            options=option_choices(product, variant) if variant else [],
            images=images,
            description=summary_of(product.description),
            structured_data=product_data(product, self.request),
            **kwargs,
        )


def normal(code: str) -> str:
    """Return a handle in the normal form in which it is stored; raise Http404 if none is."""
    if "\0" in code:
        raise Http404
    return unicodedata.normalize("NFC", code)


def query_of(request: HttpRequest) -> str:
    return " ".join(request.GET.get("q", "")[:MAX_QUERY].replace("\0", "").split())


def matching(query: str) -> Any:
    products = visible_products()
    return ranked(products, search(products, query))


def summary_of(html: str) -> str:
    """Return the beginning of a description as text."""
    return Truncator(text_of(html)).chars(MAX_DESCRIPTION)
