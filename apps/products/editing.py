"""Changes to a product and its rows, given as a whole or in part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from apps.products.changes import Changes
from apps.products.exceptions import InvalidEdit
from apps.products.models import (
    MAX_VARIANTS,
    Image,
    Product,
    ProductTag,
    Variant,
    VariantImage,
)
from apps.products.option_editing import OptionEditor, attach
from apps.products.search.index import Searchable
from apps.tenants.batches import StatementBatch

Data = Mapping[str, Any]

#: The reason of changes of the stock.
_REASON: Final = "edited"


def create_product(data: Data, *, user: Any, batch: StatementBatch) -> Product:
    """Return a new product that is inserted once `batch` is sent, in the caller's transaction.

    Its rows are those that `with_details()` would read, but their managers only have `all()`.
    Raise InvalidEdit; see ProductEditor.
    """
    changes = Changes(user, _REASON)
    editor = ProductEditor(Product(added_by=user), changes)
    editor.apply(data)
    changes.save(batch)
    editor.attach_rows()
    return editor.product


def edit_product(product: Product, data: Data, *, user: Any) -> bool:
    """Apply `data` to a product in the caller's transaction; return True if it changes anything.

    Raise InvalidEdit; see ProductEditor.
    """
    changes = Changes(user, _REASON)
    is_changed = ProductEditor(product, changes).apply(data)
    if is_changed:
        changes.save()
    return is_changed


class ProductEditor:
    """Compares a product with new data and collects the differences in `changes`.

    The product is new, or from `Product.objects.with_details()`. Lists replace the rows that they
    do not name; absent members leave them as they are. Raises InvalidEdit with the path of the
    wrong member.
    """

    def __init__(self, product: Product, changes: Changes) -> None:
        self.product = product
        self.changes = changes
        self.is_new = product._state.adding
        self._count = changes.count
        self.tags: list[ProductTag] = self._rows("tags")
        self.variants: list[Variant] = sorted(self._rows("variants"), key=lambda v: v.position)
        self.images: list[Image] = sorted(self._rows("images"), key=lambda i: (i.position, i.pk))
        self.options = OptionEditor(product, changes, self.variants)
        #: The given images of variants, by the id of the variant.
        self.variant_images: dict[UUID, list[VariantImage]] = {}

    def apply(self, data: Data) -> bool:
        """Apply `data`; return True if this or an earlier call of the editor changes anything."""
        if self.is_new:
            self.changes.add(self.product)
        lists = {"tags", "options", "variants", "images"}
        self.changes.change(self.product, {name: data[name] for name in data.keys() - lists})
        if "tags" in data:
            self.set_tags(data["tags"])
        if "images" in data:
            self.set_images(data["images"])
        if "options" in data:
            self.options.set_options(data["options"])
        if "variants" in data or self.is_new:
            self.set_variants(data.get("variants", [{}]), may_add_options="options" not in data)
        if "options" in data or "variants" in data:
            self.options.assign(self.variants)
        for variant in self.variants[:1]:
            self.changes.change(self.product, {"default_variant_id": variant.pk})
        is_changed = self.changes.count > self._count
        if is_changed:
            self.changes.change(self.product, {} if self.is_new else {"updated_on": timezone.now()})
            self.changes.index(self.product, self._searchable())
        return is_changed

    def set_tags(self, names: Sequence[str]) -> None:
        present: dict[str, Any] = {tag.name: tag for tag in self.tags}
        self.tags = [
            present.pop(name, None) or self.changes.add(ProductTag(product=self.product, name=name))
            for name in dict.fromkeys(names)
        ]
        self.changes.remove(present.values())

    def set_variants(self, items: Sequence[Data], *, may_add_options: bool) -> None:
        if not 1 <= len(items) <= MAX_VARIANTS:
            message = _("A product has 1 to %(max)s variants.")
            raise InvalidEdit(("variants",), "out_of_range", message, max=MAX_VARIANTS)
        present = {variant.pk: variant for variant in self.variants}
        self.variants = []
        for index, item in enumerate(items):
            if "id" in item:
                variant = present.pop(item["id"], None)
            else:
                variant = self.changes.add(Variant(product=self.product, position=index))
            if variant is None:
                raise InvalidEdit(
                    ("variants", index, "id"), "does_not_exist", _("Unknown variant.")
                )
            self.variants.append(variant)
            self._set_variant(variant, {**item, "position": index}, ("variants", index, "images"))
            if "options" in item:
                self.options.choose(variant, item["options"], index, may_add=may_add_options)
        self.changes.remove(present.values())

    def set_images(self, items: Sequence[Data]) -> None:
        """Set the images and their order; an item with a `source_url` and no `id` is new."""
        present = {image.pk: image for image in self.images}
        self.images = []
        for index, item in enumerate(items):
            if "id" in item:
                image = present.pop(item["id"], None)
            else:
                image = self.changes.add(Image(product=self.product, position=index))
            if image is None:
                raise InvalidEdit(("images", index, "id"), "does_not_exist", _("Unknown image."))
            self.images.append(image)
            values = {name: item[name] for name in item.keys() - {"id"}}
            self.changes.change(image, {**values, "position": index})
        self.changes.remove(present.values())

    def attach_rows(self) -> None:
        """Give a new product the rows that `with_details()` would read."""
        attach(self.product, "tags", self.tags)
        attach(self.product, "images", self.images)
        attach(self.product, "variants", self.variants)
        for variant in self.variants:
            attach(variant, "variant_images", self.variant_images.get(variant.pk, []))
        self.options.attach_rows(self.variants)

    def _set_variant(self, variant: Variant, item: Data, path: tuple[str | int, ...]) -> None:
        special = {"id", "options", "stock", "images"}
        self.changes.change(variant, {name: item[name] for name in item.keys() - special})
        stock = item.get("stock", variant.stock)
        if variant._state.adding or stock != variant.stock:
            self.changes.set_stock(variant, stock)
            variant.stock = stock
        if "images" in item:
            self._set_variant_images(variant, item["images"], path)

    def _set_variant_images(
        self, variant: Variant, keys: Sequence[UUID], path: tuple[str | int, ...]
    ) -> None:
        images = {image.pk: image for image in self.images}
        rows = [] if variant._state.adding else variant.variant_images.all()
        present = {row.image_id: row for row in rows}
        self.variant_images[variant.pk] = []
        for index, key in enumerate(keys):
            if key not in images:
                raise InvalidEdit((*path, index), "does_not_exist", _("Unknown image."))
            row = present.pop(key, None)
            if row is None:
                row = self.changes.add(VariantImage(variant=variant, image=images[key]))
            self.changes.change(row, {"position": index})
            self.variant_images[variant.pk].append(row)
        self.changes.remove(present.values())

    def _searchable(self) -> Searchable:
        product, variants = self.product, self.variants
        return Searchable(
            name=product.name,
            skus=[product.code, *(text for v in variants for text in (v.sku, v.barcode) if text)],
            labels=[product.vendor, product.product_type, *(tag.name for tag in self.tags)],
            options=self.options.value_names(),
            html=product.description,
        )

    def _rows(self, relation: str) -> list[Any]:
        return [] if self.is_new else list(getattr(self.product, relation).all())
