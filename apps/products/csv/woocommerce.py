"""Rows of WooCommerce's product export, translated into the cells of our own terms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from django.utils.text import slugify
from django.utils.translation import gettext_noop as _

from apps.products.csv.exceptions import InvalidValue
from apps.products.csv.records import MAX_OPTIONS
from apps.products.csv.values import MAX_TEXT, clean_text

_WEIGHT_UNITS = ("kg", "g", "lbs", "oz")

#: The columns of WooCommerce that are imported, and the cells that they determine.
COLUMNS: Mapping[str, str] = {
    "id": "handle",
    "type": "type",
    "sku": "sku",
    "name": "name",
    "published": "status",
    "visibility in catalog": "status",
    "short description": "description",
    "description": "description",
    "tax status": "taxable",
    "in stock?": "stock_policy",
    "stock": "stock",
    "backorders allowed?": "stock_policy",
    "sale price": "price",
    "regular price": "price",
    "categories": "product_type",
    "tags": "tags",
    "brands": "vendor",
    "images": "image_url",
    "parent": "handle",
    "gtin, upc, ean, or isbn": "barcode",
    **{f"weight ({unit})": "weight" for unit in _WEIGHT_UNITS},
}
ATTRIBUTES = re.compile(r"attribute ([0-9]{1,3}) (name|value\(s\))")

_TYPES = {"simple", "variable", "variation", "virtual", "downloadable"}
_UNESCAPED_COMMA = re.compile(r"(?<!\\),")
_BETWEEN_URLS = re.compile(r",\s*(?=https?://)", re.IGNORECASE)


class WooCommerceRow:
    """One row: a simple product, a variable product, or a variation of one."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells

    @cached_property
    def types(self) -> set[str]:
        words = self._text("type").casefold().split(",")
        return {word.strip() for word in words if word.strip()} or {"simple"}

    @property
    def is_variation(self) -> bool:
        return "variation" in self.types

    def require_supported(self) -> None:
        if not self.types <= _TYPES:
            kind = ", ".join(sorted(self.types - _TYPES))
            raise InvalidValue(
                "unsupported_type",
                _("Products of type %(type)s are not imported."),
                type=kind[:MAX_TEXT],
            )
        if self.is_variation and self._text("published") in {"0", "-1"}:
            raise InvalidValue("unpublished_variation", _("This variation is not published."))

    def keys(self) -> list[str]:
        """Return what other rows may call this product."""
        names = ("id", "sku")
        return [f"{name}:{self._text(name)}" for name in names if self._text(name)]

    def parent_key(self) -> str:
        parent = self._text("parent")
        if not parent:
            raise InvalidValue("missing_parent", _("This variation names no parent."))
        return parent if parent.startswith("id:") else f"sku:{parent}"

    def suffix(self) -> str:
        """Return what tells this product from others of its name."""
        return self._text("id") or slugify(self._text("sku"), allow_unicode=True)

    def cells(self) -> list[dict[str, str]]:
        """Return the cells of this row, and those of a row for each further image."""
        images = [url for url in _BETWEEN_URLS.split(self._text("images")) if url]
        if self.is_variation:
            first = {**dict(self._variant()), **dict(self._options())}
            return [first | {"variant_image": images[0]}] if images else [first]
        first = dict(self._product())
        if "variable" not in self.types:
            first |= dict(self._variant())
            first |= {"option1_name": "Title", "option1_value": "Default Title"}
        if "images" in self._cells:
            first["image_url"] = images[0] if images else ""
        return [first, *({"image_url": url} for url in images[1:])]

    def _text(self, column: str) -> str:
        return self._cells.get(column, "").strip()

    def _product(self) -> Iterator[tuple[str, str]]:
        for column in ("name", "brands"):
            if column in self._cells:
                yield COLUMNS[column], self._cells[column]
        if {"description", "short description"} & set(self._cells):
            text = self._text("description") or self._text("short description")
            yield "description", text.replace("\\n", "\n")
        if "published" in self._cells:
            yield "status", self._status()
        yield from self._categories()

    def _status(self) -> str:
        if self._text("published") not in {"1", ""}:
            return "draft"
        is_hidden = self._text("visibility in catalog").casefold() == "hidden"
        return "unlisted" if is_hidden else "active"

    def _categories(self) -> Iterator[tuple[str, str]]:
        """The first category is the product type; the others are tags."""
        paths = _UNESCAPED_COMMA.split(self._text("categories"))
        first, *others = [path.rpartition(">")[2].strip() for path in paths]
        if "categories" in self._cells:
            yield "product_type", first.replace("\\,", ",")
        if "tags" in self._cells or others:
            tags = [*_UNESCAPED_COMMA.split(self._text("tags")), *others]
            yield "tags", ",".join(tags)

    def _variant(self) -> Iterator[tuple[str, str]]:
        for column in ("sku", "gtin, upc, ean, or isbn"):
            if column in self._cells:
                yield COLUMNS[column], self._cells[column]
        sale, regular = self._text("sale price"), self._text("regular price")
        yield "price", sale or regular
        if "sale price" in self._cells:
            yield "compare_at_price", regular if sale else ""
        if "tax status" in self._cells:
            yield "taxable", "no" if self._text("tax status") in {"none", "shipping"} else "yes"
        for unit in _WEIGHT_UNITS:
            if weight := self._text(f"weight ({unit})"):
                yield "weight", f"{weight} {unit}"
        yield "requires_shipping", "no" if self.types & {"virtual", "downloadable"} else "yes"
        yield from self._stock()

    def _stock(self) -> Iterator[tuple[str, str]]:
        if "stock" not in self._cells:
            return
        stock = self._text("stock").replace("parent", "")
        is_sold_out = self._text("in stock?") == "0"
        backorders = self._text("backorders allowed?") in {"1", "notify"}
        yield "stock", stock or ("0" if is_sold_out else "")
        if stock or is_sold_out:
            yield "stock_policy", "continue" if backorders else "deny"
        else:
            yield "stock_policy", "untracked"

    def _options(self) -> Iterator[tuple[str, str]]:
        numbers = sorted(int(match[1]) for match in map(ATTRIBUTES.fullmatch, self._cells) if match)
        named = [n for n in dict.fromkeys(numbers) if self._text(f"attribute {n} name")]
        if len(named) > MAX_OPTIONS:
            raise InvalidValue(
                "too_many_options", _("At most %(max)s attributes are options."), max=MAX_OPTIONS
            )
        for option, number in enumerate(named, start=1):
            yield f"option{option}_name", clean_text(self._text(f"attribute {number} name"))
            yield f"option{option}_value", self._text(f"attribute {number} value(s)")
