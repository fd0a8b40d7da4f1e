"""The columns of Shopify's two headers, in lower case, and what each is called here."""

from __future__ import annotations

from collections.abc import Mapping

#: Filled in every export, with nothing to import: the weight is in grams whatever its unit.
_MEANINGLESS = dict.fromkeys(
    (
        "variant weight unit",
        "weight unit for display",
        "variant fulfillment service",
        "fulfillment service",
    ),
    "unused",
)

_SHARED = {
    "title": "name",
    "vendor": "vendor",
    "type": "product_type",
    "tags": "tags",
    "status": "status",
    "gift card": "gift_card",
    "image position": "image_position",
    "image alt text": "image_alt",
    **{
        f"option{number} {part}": f"option{number}_{part}"
        for number in (1, 2, 3)
        for part in ("name", "value")
    },
}

CLASSIC: Mapping[str, str] = {
    **_SHARED,
    "handle": "handle",
    "body (html)": "description",
    "published": "published",
    "variant sku": "sku",
    "variant grams": "weight",
    "variant inventory tracker": "tracker",
    "variant inventory qty": "stock",
    "variant inventory policy": "stock_policy",
    "variant price": "price",
    "variant compare at price": "compare_at_price",
    "variant requires shipping": "requires_shipping",
    "variant taxable": "taxable",
    "variant barcode": "barcode",
    "image src": "image_url",
    "variant image": "variant_image",
    **_MEANINGLESS,
}

NEWER: Mapping[str, str] = {
    **_SHARED,
    "url handle": "handle",
    "description": "description",
    "published on online store": "published",
    "sku": "sku",
    "barcode": "barcode",
    "price": "price",
    "compare-at price": "compare_at_price",
    "charge tax": "taxable",
    "inventory tracker": "tracker",
    "inventory quantity": "stock",
    "continue selling when out of stock": "stock_policy",
    "weight value (grams)": "weight",
    "requires shipping": "requires_shipping",
    "product image url": "image_url",
    "variant image url": "variant_image",
    **_MEANINGLESS,
}

#: The header of an export. Columns that have no counterpart here are left out, as Shopify allows.
EXPORT = (
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Tags",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Option3 Name",
    "Option3 Value",
    "Variant SKU",
    "Variant Grams",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Inventory Policy",
    "Variant Price",
    "Variant Compare At Price",
    "Variant Requires Shipping",
    "Variant Taxable",
    "Variant Barcode",
    "Image Src",
    "Image Position",
    "Image Alt Text",
    "Gift Card",
    "Variant Image",
    "Status",
)
