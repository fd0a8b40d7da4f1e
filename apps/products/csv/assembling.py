"""The rows of one product, made into a record.

A bad variant is refused alone. A bad value of the product itself refuses the whole product, as does
a product whose variants are all refused: half a product would be worse than none.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from apps.products.csv.cells import Format, RowCells
from apps.products.csv.findings import Finding
from apps.products.csv.options import OptionNames, Values
from apps.products.csv.records import (
    MAX_VARIANTS,
    PRODUCT_FIELDS,
    VARIANT_FIELDS,
    ImageRecord,
    ProductRecord,
    Value,
    VariantRecord,
)

#: The most rows of a product: variants and images.
MAX_ROWS = 4_096
MAX_IMAGES = 500

_DESCRIBES_VARIANT = (
    "option1_value",
    "option2_value",
    "option3_value",
    "sku",
    "price",
    "compare_at_price",
    "barcode",
    "stock",
    "variant_image",
)
#: Columns that rows of images alone may fill in as well.
_ACCOMPANIES_VARIANT = ("weight", "tracker", "stock_policy", "requires_shipping", "taxable")
_PLAIN_FIELDS = tuple(name for name in VARIANT_FIELDS if name not in {"stock_policy", "image_url"})
_EMPTY: dict[str, Value] = {"tags": (), "status": None, "gift_card": None}


class ProductAssembler:
    """Collects the rows of one product, and `findings` about them."""

    def __init__(self, code: str, line: int, form: Format) -> None:
        self.findings: list[Finding] = []
        self._code = code
        self._format = form
        self._first = RowCells(line, {}, form, self.findings)
        self._fields: dict[str, Value] = {}
        self._absent = {*PRODUCT_FIELDS, "published"}
        self._conflicts: set[str] = set()
        self._options = OptionNames()
        self._variants: list[tuple[int, Values, dict[str, Value]]] = []
        self._images: dict[str, ImageRecord] = {}
        self._rows = 0
        self._refused: set[int] = set()

    def add(self, line: int, cells: dict[str, str]) -> None:
        self._rows += 1
        if self._rows > MAX_ROWS:
            return
        row = RowCells(line, cells, self._format, self.findings)
        if row.has("derived") and self._is_other_product(row):
            row.error(
                "handle", "ambiguous_handle", _("Another product has the handle of this title.")
            )
        else:
            self._read(row)
        if row.is_refused:
            self._refused.add(line)

    def _read(self, row: RowCells) -> None:
        self._read_product(row)
        self._first.is_refused |= row.is_refused
        self._options.read_names(row)
        if _is_variant(row):
            self._read_variant(row)
        self._read_image(row)

    @property
    def refused(self) -> int:
        """Return the number of refused lines of a product that is not refused as a whole."""
        return len(self._refused)

    def record(self) -> ProductRecord | None:
        """Return the product, or None if it is refused."""
        self._require_limits()
        self._require_name()
        if self._refused and not self._variants:
            self._first.error(
                "", "no_valid_variant", _("All variants of this product are refused.")
            )
        if self._first.is_refused:
            return None
        return ProductRecord(
            code=self._code,
            fields=self._product_fields(),
            options=self._options.names(),
            variants=tuple(
                VariantRecord(self._options.by_name(values), fields, line)
                for line, values, fields in self._variants
            ),
            images=self._all_images(),
            line=self._first.line,
        )

    def _all_images(self) -> tuple[ImageRecord, ...]:
        """Return the images of the product, and after them those that a variant alone names."""
        images = dict(self._images)
        for line, _values, fields in self._variants:
            url = str(fields.get("image_url") or "")
            if url:
                images.setdefault(url, ImageRecord(url, line=line))
        return tuple(images.values())

    def _is_other_product(self, row: RowCells) -> bool:
        name = self._fields.get("name")
        return name is not None and name != row.parse("name")

    def _read_product(self, row: RowCells) -> None:
        """Take each field from the first row that fills it in."""
        for name in (*PRODUCT_FIELDS, "published"):
            if row.has(name):
                self._absent.discard(name)
            if row.text(name):
                self._read_field(row, name)

    def _read_field(self, row: RowCells, name: str) -> None:
        value = row.parse(name)
        if value is None:
            return
        if name == "status" and row.text(name).casefold() == "unlisted":
            row.warn(
                name, "unlisted", _("There are no unlisted products here; this one is a draft.")
            )
        if self._fields.setdefault(name, value) != value and name not in self._conflicts:
            self._conflicts.add(name)
            row.warn(
                name, "conflicting_value", _("An earlier row of this product has another value.")
            )

    def _read_variant(self, row: RowCells) -> None:
        values = self._options.read_values(row)
        fields = row.parse_all(_PLAIN_FIELDS) | _stock_policy(row)
        if "price" in fields and fields["price"] is None:
            row.error("price", "missing_price", _("This variant has no price."))
        if image := row.parse_all(("variant_image",)):
            fields["image_url"] = image["variant_image"]
        if not row.is_refused and self._options.accept(row, values):
            self._variants.append((row.line, values, fields))

    def _read_image(self, row: RowCells) -> None:
        found = row.parse_all(("image_url", "image_alt", "image_position"))
        url = str(found.get("image_url") or "")
        if url and url not in self._images:
            alt, position = found.get("image_alt"), found.get("image_position")
            self._images[url] = ImageRecord(
                url,
                alt if isinstance(alt, str) else None,
                position if isinstance(position, int) else None,
                row.line,
            )

    def _require_limits(self) -> None:
        if self._rows > MAX_ROWS:
            self._first.error(
                "", "too_many_rows", _("This product has more than %(max)s rows."), max=MAX_ROWS
            )
        elif len(self._images) > MAX_IMAGES:
            self._first.error(
                "image_url",
                "too_many_images",
                _("A product has at most %(max)s images."),
                max=MAX_IMAGES,
            )
            self._first.is_refused = True
        elif len(self._variants) > MAX_VARIANTS:
            self._first.error(
                "",
                "too_many_variants",
                _("A product has at most %(max)s variants."),
                max=MAX_VARIANTS,
            )

    def _require_name(self) -> None:
        if "name" not in self._absent and not self._fields.get("name"):
            self._first.error("name", "missing_name", _("No row of this product has a title."))

    def _product_fields(self) -> dict[str, Value]:
        present = [name for name in PRODUCT_FIELDS if name not in self._absent]
        fields = {name: self._fields.get(name, _EMPTY.get(name, "")) for name in present}
        return fields | self._status(fields.get("status"))

    def _status(self, status: Value) -> dict[str, Value]:
        """Combine the status with Shopify's other column: what is not published stays a draft."""
        published = self._fields.get("published")
        if published is None or status in {"draft", "archived"}:
            return {}
        if status == "active" and not published:
            self._first.warn(
                "published",
                "not_published",
                _("This product is not published; it is a draft here."),
            )
        return {"status": "active" if published else "draft"}


def _is_variant(row: RowCells) -> bool:
    if any(row.text(name) for name in _DESCRIBES_VARIANT):
        return True
    return not row.text("image_url") and any(row.text(name) for name in _ACCOMPANIES_VARIANT)


def _stock_policy(row: RowCells) -> dict[str, Value]:
    """Return the policy that Shopify's two columns say together."""
    found = row.parse_all(("stock_policy",))
    if row.has("tracker") and not row.text("tracker"):
        return {"stock_policy": "untracked"}
    if row.has("tracker") and found.get("stock_policy") is None:
        return {"stock_policy": "deny"}
    return found
