from __future__ import annotations

from typing import Any

from tests.apps.products.factories import first, make_collection, make_product
from tests.apps.products.images.pictures import picture
from tests.apps.storefront.factories import make_storefront_row
from tests.isolation.samples import Kind, Plain, Rows, new_code


def product_code(shop: Any, operation: Any) -> str:
    return str(make_product(price=100).code)


def collection_code(shop: Any, operation: Any) -> str:
    return str(first(make_collection).code)


TEXT = Kind(own=new_code)

ROWS = {"storefront.Storefront": Rows(make_storefront_row, "tagline")}

KINDS = {
    "/products/{code} code": Kind(own=product_code),
    "/collections/{code} code": Kind(own=collection_code),
    "tagline": TEXT,
    "announcement": TEXT,
    "footer": TEXT,
    "accent": Plain("#123456"),
    "/api/shop/storefront/logo/ file": Plain(picture("PNG")),
    "section": Plain("products"),
}

PUBLIC_VIEWS = {"StorefrontSettingsView": "shoppers see it in every page"}
