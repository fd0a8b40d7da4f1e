"""Products as a file describes them.

`fields` holds the columns that the file has. A column that is absent has no key, and its value in
the shop is left alone. An empty cell clears the value: it is "" for text, () for tags and None for
everything else. Amounts are integers in minor units, weights are integers in grams.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int | bool | tuple[str, ...] | None

MAX_OPTIONS = 3
MAX_VARIANTS = 2048

PRODUCT_FIELDS = (
    "name",
    "description",
    "vendor",
    "product_type",
    "tags",
    "status",
    "gift_card",
)
VARIANT_FIELDS = (
    "sku",
    "price",
    "compare_at_price",
    "barcode",
    "weight",
    "stock",
    "stock_policy",
    "requires_shipping",
    "taxable",
    "image_url",
)


@dataclass(frozen=True)
class ImageRecord:
    """An image by its address; `alt` is None if the column is absent."""

    url: str
    alt: str | None = None
    position: int | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class VariantRecord:
    """A variant, with the value of each option by the option's name."""

    options: Mapping[str, str]
    fields: Mapping[str, Value]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class ProductRecord:
    """A product with its variants and images; `options` is None if the columns are absent."""

    code: str
    fields: Mapping[str, Value]
    options: tuple[str, ...] | None = None
    variants: tuple[VariantRecord, ...] = ()
    images: tuple[ImageRecord, ...] = ()
    line: int = field(default=0, compare=False)
