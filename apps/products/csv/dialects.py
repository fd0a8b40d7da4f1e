"""The kinds of files: which columns they have, and what each row says in our own terms."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.translation import gettext_noop as _

from apps.products.csv.exceptions import FileRefused, InvalidValue
from apps.products.csv.reader import Row
from apps.products.csv.shopify_columns import CLASSIC, NEWER
from apps.products.csv.values import derive_code, parse_code
from apps.products.csv.woocommerce import ATTRIBUTES, WooCommerceRow
from apps.products.csv.woocommerce import COLUMNS as WOOCOMMERCE


@dataclass(frozen=True)
class StagedRow:
    """The content of one row of a product.

    `key` identifies the product within the file. A row that may come before the row of its product
    has one of the product's `aliases` as its key. `code` is "" in such a row.
    """

    line: int
    key: str
    cells: Mapping[str, str]
    code: str = ""
    aliases: tuple[str, ...] = ()
    suffix: str = ""
    is_only: bool = field(default=False)


class Dialect(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def required(self) -> tuple[str, ...]: ...

    def columns_in(self, columns: Collection[str]) -> dict[str, str]:
        """Return the columns that are imported, and what each is called in our own terms."""

    def stage(self, row: Row) -> Iterator[StagedRow]:
        """Yield what a row says; raise InvalidValue if it names no product."""


class ShopifyDialect:
    """One row for each variant and image; the rows of a product have the same handle."""

    def __init__(self, name: str, columns: Mapping[str, str], required: tuple[str, ...]) -> None:
        self.name = name
        self.required = required
        self._columns = columns

    def columns_in(self, columns: Collection[str]) -> dict[str, str]:
        return {column: ours for column, ours in self._columns.items() if column in columns}

    def stage(self, row: Row) -> Iterator[StagedRow]:
        cells = {ours: row.cells[column] for column, ours in self.columns_in(row.cells).items()}
        code = parse_code(cells.pop("handle", ""))
        if not code:
            code = derive_code(cells.get("name", ""))
            cells["derived"] = "yes"
        if not code:
            raise InvalidValue("missing_handle", _("This row has neither a handle nor a title."))
        yield StagedRow(row.line, code, cells, code=code)


class WooCommerceDialect:
    """One row for each product, and one for each variation, which names its parent."""

    name = "WooCommerce"
    required = ("Name", "Regular price")

    def columns_in(self, columns: Collection[str]) -> dict[str, str]:
        known = {column: ours for column, ours in WOOCOMMERCE.items() if column in columns}
        return known | {column: "option" for column in columns if ATTRIBUTES.fullmatch(column)}

    def stage(self, row: Row) -> Iterator[StagedRow]:
        product = WooCommerceRow(row.cells)
        product.require_supported()
        cells, *images = product.cells()
        if product.is_variation:
            yield StagedRow(row.line, product.parent_key(), cells)
            return
        key, *aliases = product.keys() or [f"line:{row.line}"]
        code = derive_code(row.cells.get("name", ""))
        if not code:
            raise InvalidValue("missing_name", _("This product has no name."))
        yield StagedRow(row.line, key, cells, code, tuple(aliases), product.suffix(), is_only=True)
        for image in images:
            yield StagedRow(row.line, key, image)


DIALECTS: tuple[Dialect, ...] = (
    ShopifyDialect("Shopify", CLASSIC, ("Handle",)),
    ShopifyDialect("Shopify (URL handle)", NEWER, ("Title",)),
    WooCommerceDialect(),
)


def detect_dialect(columns: Collection[str]) -> Dialect:
    """Return the dialect that most columns belong to; raise FileRefused if none fits."""
    best = max(DIALECTS, key=lambda dialect: len(dialect.columns_in(columns)))
    missing = [name for name in best.required if name.casefold() not in columns]
    if not missing and len(best.columns_in(columns)) > 1:
        return best
    shopify, newer, woocommerce = [f"{', '.join(each.required)} ({each.name})" for each in DIALECTS]
    raise FileRefused(
        "unknown_columns",
        _(
            "This is not a list of products: it lacks the columns %(shopify)s or %(newer)s or"
            " %(woocommerce)s, and columns with values."
        ),
        shopify=shopify,
        newer=newer,
        woocommerce=woocommerce,
    )
