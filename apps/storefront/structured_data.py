"""A product in the vocabulary of schema.org, for search engines."""

from __future__ import annotations

import html
from decimal import Decimal
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import strip_tags

from apps.products.models import Image, Product
from apps.shops.currencies import exponent_of
from apps.storefront.picker import is_in_stock
from apps.storefront.pictures import largest
from apps.tenants.context import require_active_tenant

MAX_OFFERS: Final = 50
MAX_IMAGES: Final = 5
MAX_TEXT: Final = 5_000


def product_data(product: Product, request: HttpRequest) -> dict[str, Any]:
    """Return the data of a product from `with_details()`."""
    url = request.build_absolute_uri(reverse("product", args=[product.code]))
    images: list[Image] = list(product.images.all())[:MAX_IMAGES]
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.name,
        "url": url,
        "description": text_of(product.description)[:MAX_TEXT],
        "image": [request.build_absolute_uri(largest(image)) for image in images],
        "offers": [_offer(variant, url) for variant in product.variants.all()[:MAX_OFFERS]],
    }
    if product.vendor:
        data["brand"] = {"@type": "Brand", "name": product.vendor}
    return data


def text_of(description: str) -> str:
    """Return the text of HTML, with a space in the place of each element."""
    return " ".join(html.unescape(strip_tags(description.replace("<", " <"))).split())


def _offer(variant: Any, url: str) -> dict[str, Any]:
    currency = require_active_tenant().currency
    exponent = exponent_of(currency)
    price = Decimal(variant.price).scaleb(-exponent)
    offer = {
        "@type": "Offer",
        "url": f"{url}?variant={variant.pk}",
        "price": f"{price:.{exponent}f}",
        "priceCurrency": currency,
        "availability": "https://schema.org/"
        + ("InStock" if is_in_stock(variant) else "OutOfStock"),
    }
    return offer | ({"sku": variant.sku} if variant.sku else {})
