"""Products as a file in Shopify's classic header, which `ProductFile` reads back unchanged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest

from apps.products.csv.escaping import escape_formula
from apps.products.csv.money import format_amount
from apps.products.csv.options import PLACEHOLDER
from apps.products.csv.records import ImageRecord, ProductRecord, Value, VariantRecord
from apps.products.csv.shopify_columns import EXPORT
from apps.products.csv.values import format_tags

#: Excel takes a file without this mark for Windows-1252.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_NEEDS_QUOTES = re.compile(r'[",;\t\r\n]|^\s|\s$')


def write_products(records: Iterable[ProductRecord], currency: str) -> Iterator[bytes]:
    """Yield a file in UTF-8, product by product. The records have all fields."""
    yield BYTE_ORDER_MARK + _line(dict(zip(EXPORT, EXPORT, strict=True)))
    for record in records:
        yield b"".join(_line(row) for row in _rows(record, currency))


def _rows(record: ProductRecord, currency: str) -> Iterator[dict[str, str]]:
    product = _product(record)
    for variant, image in zip_longest(record.variants or [None], record.images):
        row = {"Handle": escape_formula(record.code), **product}
        if variant:
            row |= _variant(variant, currency) | _option_values(record, variant)
        if image:
            row |= _image(image)
        yield row
        product = {}


def _product(record: ProductRecord) -> dict[str, str]:
    fields = record.fields
    return {
        "Title": _text(fields["name"]),
        "Body (HTML)": _text(fields["description"]),
        "Vendor": _text(fields["vendor"]),
        "Type": _text(fields["product_type"]),
        "Tags": _tags(fields["tags"]),
        "Published": "" if fields["status"] is None else _flag(fields["status"] == "active"),
        "Status": _text(fields["status"]),
        "Gift Card": _flag(fields["gift_card"]),
        **_option_names(record),
    }


def _option_names(record: ProductRecord) -> dict[str, str]:
    names = record.options or PLACEHOLDER[:1]
    return {f"Option{number} Name": _text(name) for number, name in enumerate(names, start=1)}


def _option_values(record: ProductRecord, variant: VariantRecord) -> dict[str, str]:
    values = [variant.options.get(name, "") for name in record.options or ()] or PLACEHOLDER[1:]
    return {f"Option{number} Value": _text(value) for number, value in enumerate(values, start=1)}


def _variant(variant: VariantRecord, currency: str) -> dict[str, str]:
    fields = variant.fields
    is_tracked = fields["stock_policy"] != "untracked"
    return {
        "Variant SKU": _text(fields["sku"]),
        "Variant Grams": _number(fields["weight"]),
        "Variant Inventory Tracker": "shopify" if is_tracked else "",
        "Variant Inventory Qty": _number(fields["stock"]),
        "Variant Inventory Policy": _text(fields["stock_policy"]) if is_tracked else "deny",
        "Variant Price": _amount(fields, "price", currency),
        "Variant Compare At Price": _amount(fields, "compare_at_price", currency),
        "Variant Requires Shipping": _flag(fields["requires_shipping"]),
        "Variant Taxable": _flag(fields["taxable"]),
        "Variant Barcode": _text(fields["barcode"]),
        "Variant Image": _text(fields["image_url"]),
    }


def _image(image: ImageRecord) -> dict[str, str]:
    return {
        "Image Src": _text(image.url),
        "Image Position": _number(image.position),
        "Image Alt Text": _text(image.alt),
    }


def _amount(fields: Mapping[str, Value], name: str, currency: str) -> str:
    amount = fields[name]
    return format_amount(amount, currency) if isinstance(amount, int) else ""


def _text(value: Value) -> str:
    return escape_formula(str(value)) if value else ""


def _tags(value: Value) -> str:
    return escape_formula(format_tags(value)) if isinstance(value, tuple) else ""


def _number(value: Value) -> str:
    return "" if value is None else str(value)


def _flag(value: Value) -> str:
    return "" if value is None else str(value).lower()


def _line(row: Mapping[str, str]) -> bytes:
    cells = (_quote(row.get(name, "")) for name in EXPORT)
    return (",".join(cells) + "\r\n").encode()


def _quote(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell
