"""A product of a file, merged into the product of the shop that has its handle.

A file deletes nothing: variants and images that it does not name stay, unless it gives the product
other options. What it names is found again by what merchants see of it: a variant by its options,
or by its SKU and its place if it has none; an image by its address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.utils.translation import gettext_noop as _

from apps.products.changes import Changes
from apps.products.csv.records import ImageRecord, ProductRecord, VariantRecord
from apps.products.csv.values import MAX_DESCRIPTION
from apps.products.editing import ProductEditor
from apps.products.exceptions import InvalidEdit
from apps.products.exports import image_address
from apps.products.html import clean_html
from apps.products.models import Image, Product, Variant

Row = TypeVar("Row", Image, Variant)

_PRODUCT_FIELDS = {
    "name": "name",
    "description": "description",
    "vendor": "vendor",
    "product_type": "product_type",
    "tags": "tags",
    "status": "status",
    "gift_card": "is_gift_card",
}
_VARIANT_FIELDS = {
    "sku": "sku",
    "price": "price",
    "compare_at_price": "compare_at_price",
    "barcode": "barcode",
    "weight": "weight",
    "stock": "stock",
    "stock_policy": "stock_policy",
    "requires_shipping": "requires_shipping",
    "taxable": "is_taxable",
}
#: An empty cell clears these. Others keep their value, or get the default.
_NULLABLE = {"compare_at_price", "weight"}


def merge_product(record: ProductRecord, product: Product, changes: Changes) -> bool:
    """Collect in `changes` what `record` changes; return True if it changes anything.

    `product` is new, or from `Product.objects.with_details()`. Raise InvalidEdit if the two do not
    fit together.
    """
    editor = ProductEditor(product, changes)
    if editor.is_new and "name" not in record.fields:
        raise InvalidEdit(("name",), "missing_name", _("A new product needs a title."))
    if editor.is_new and not record.variants:
        raise InvalidEdit(("variants",), "missing_price", _("A new product needs a price."))
    data = _values(record.fields, _PRODUCT_FIELDS)
    if "description" in data:
        data["description"] = _clean_description(data["description"])
    if record.images:
        editor.set_images(_images(record, editor))
    if record.variants:
        data |= _VariantMerger(record, editor).data()
    return editor.apply(data)


class _VariantMerger:
    def __init__(self, record: ProductRecord, editor: ProductEditor) -> None:
        self.record = record
        self.editor = editor
        self.existing = list(editor.variants)
        self.names = tuple(option.name for option in editor.options.options)
        self.has_new_options = record.options is not None and {*record.options} != {*self.names}
        self.image_ids = {image_address(image): image.pk for image in reversed(editor.images)}

    def data(self) -> dict[str, Any]:
        """Return the options and variants for ProductEditor.apply()."""
        matches = self._matches()
        items = [
            self._item(variant, match)
            for variant, match in zip(self.record.variants, matches, strict=True)
        ]
        if not self.has_new_options:
            items = _in_order(items, self.existing)
        data: dict[str, Any] = {"variants": items}
        if self.record.options is not None and self.record.options != self.names:
            data["options"] = [
                {"name": name, "values": self._values_of(name)} for name in self.record.options
            ]
        return data

    def _matches(self) -> list[Variant | None]:
        """Return the variant of the shop for each of the record, None for a new one."""
        left = list(self.existing)
        if self.names and not self.has_new_options and self.record.options is not None:
            by_options = {_key(self.editor.options.choices[each.pk]): each for each in left}
            return [by_options.get(_key(each.options)) for each in self.record.variants]
        matches = [self._take_by_sku(each, left) for each in self.record.variants]
        if self.names and self.record.options is None:
            return [match or self._refuse_unknown() for match in matches]
        return [match or (left.pop(0) if left else None) for match in matches]

    def _take_by_sku(self, variant: VariantRecord, left: list[Variant]) -> Variant | None:
        sku = variant.fields.get("sku")
        found = [each for each in left if sku and each.sku == sku]
        if len(found) > 1 and self.names and self.record.options is None:
            self._refuse_unknown()
        if found:
            left.remove(found[0])
        return found[0] if found else None

    def _refuse_unknown(self) -> Variant:
        raise InvalidEdit(
            ("variants",),
            "unknown_variant",
            _("This product has options. Name them, or a SKU that one of its variants has."),
        )

    def _item(self, variant: VariantRecord, match: Variant | None) -> dict[str, Any]:
        item = _values(variant.fields, _VARIANT_FIELDS)
        if match is not None:
            item["id"] = match.pk
        elif "price" not in item:
            raise InvalidEdit(("variants",), "missing_price", _("A new variant needs a price."))
        if self.record.options is not None:
            item["options"] = variant.options
        if "image_url" in variant.fields:
            item["images"] = self._images(str(variant.fields["image_url"]), match)
        return item

    def _images(self, url: str, match: Variant | None) -> list[Any]:
        """Return the ids of a variant's images, the one of the record first."""
        if not url:
            return []
        first = self.image_ids[url]
        rows = match.variant_images.all() if match is not None else []
        return [first, *(row.image_id for row in rows if row.image_id != first)]

    def _values_of(self, name: str) -> list[str]:
        """Return the values of an option: those that it has, then the new ones."""
        known = [
            value
            for option in self.editor.options.options
            if option.name == name
            for value in self.editor.options.values[option.pk]
        ]
        return list(dict.fromkeys([*known, *(v.options[name] for v in self.record.variants)]))


def _images(record: ProductRecord, editor: ProductEditor) -> list[dict[str, Any]]:
    known = {image_address(image): image for image in reversed(editor.images)}
    items: list[dict[str, Any]] = []
    for image in sorted(record.images, key=_place):
        match = known.get(image.url)
        item = {"source_url": image.url} if match is None else {"id": match.pk}
        items.append(item if image.alt is None else {**item, "alt": image.alt})
    return _in_order(items, editor.images)


def _place(image: ImageRecord) -> tuple[bool, int]:
    return image.position is None, image.position or 0


def _in_order(items: list[dict[str, Any]], existing: Sequence[Row]) -> list[dict[str, Any]]:
    """Return items for all rows: in the order of the file if it names all that exist."""
    named = {item["id"]: item for item in items if "id" in item}
    if len(named) == len(existing):
        return items
    kept: list[dict[str, Any]] = [named.get(row.pk, {"id": row.pk}) for row in existing]
    return [*kept, *(item for item in items if "id" not in item)]


def _values(fields: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        ours: fields[name]
        for name, ours in names.items()
        if name in fields and (fields[name] is not None or name in _NULLABLE)
    }


def _clean_description(text: str) -> str:
    html = clean_html(text)
    if len(html) > MAX_DESCRIPTION:
        raise InvalidEdit(
            ("description",), "too_long", _("At most %(max)s characters."), max=MAX_DESCRIPTION
        )
    return html


def _key(options: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(options.items())
