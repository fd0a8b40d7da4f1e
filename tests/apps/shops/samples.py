from __future__ import annotations

from typing import Any

from tests.isolation.samples import Kind, Plain, new_code, scrambled

CODES_ARE_PUBLIC = "a shop's hostname is in the DNS, and its code can be looked up here"


def shop_code(shop: Any, operation: Any) -> str:
    return str(shop.tenant.code)


KINDS = {
    "storefront_origins": Kind(
        own=lambda shop, operation: f"https://{new_code(shop, operation)}.example",
        taken=lambda shop, operation: shop.tenant.storefront_origins[0],
        random=lambda other: f"https://{scrambled(other[8:-8])}.example",
    ),
    "currency": Plain("USD"),
    "language": Plain("de"),
    "/api/shops/ code": Kind(own=new_code, taken=shop_code, public=CODES_ARE_PUBLIC),
    "/api/shops/availability/ code": Kind(own=shop_code, public=CODES_ARE_PUBLIC),
}

PUBLIC_VIEWS = {
    "OpenShopView": "the owner of a new shop has no account yet",
    "AvailabilityView": "asked before a shop is opened",
    "ShopView": "a shop's name is public",
}
