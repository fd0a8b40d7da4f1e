"""Changes to a product and its rows, given as a whole or in part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any
from uuid import UUID

from django.utils import timezone

from apps.products.changes import Changes
from apps.products.exceptions import InvalidEdit
from apps.products.models import (
    MAX_OPTIONS,
    MAX_VARIANTS,
    Image,
    Option,
    OptionValue,
    Product,
    ProductTag,
    Variant,
    VariantImage,
)

Data = Mapping[str, Any]

_VALUE_IDS = ("value1_id", "value2_id", "value3_id")


def edit_product(product: Product, data: Data, *, user: Any, reason: str = "edited") -> bool:
    """Apply `data` to a product in the caller's transaction; return True if it changes anything.

    `user` and `reason` are recorded with changes of stock. Raise InvalidEdit; see ProductEditor.
    """
    changes = Changes(user, reason)
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
        self.is_changed = False
        self.tags: list[ProductTag] = self._rows("tags")
        self.options: list[Option] = sorted(self._rows("options"), key=lambda o: o.position)
        # By the id of the option and the name of the value, in order.
        self.values: dict[UUID, dict[str, OptionValue]] = {
            option.pk: {
                value.name: value for value in sorted(option.values.all(), key=lambda v: v.position)
            }
            for option in self.options
        }
        self.variants: list[Variant] = sorted(self._rows("variants"), key=lambda v: v.position)
        self.images: list[Image] = sorted(self._rows("images"), key=lambda i: (i.position, i.pk))
        # The option values of each variant by the names of the options.
        self.choices = self._choices()
        if self.is_new:
            changes.add(product)

    def apply(self, data: Data) -> bool:
        """Apply `data`; return True if it changes anything."""
        lists = {"tags", "options", "variants", "images"}
        self._set(self.product, {name: data[name] for name in data.keys() - lists})
        if "tags" in data:
            self.set_tags(data["tags"])
        if "images" in data:
            self.set_images(data["images"])
        if "options" in data:
            self.set_options(data["options"])
        if "variants" in data:
            self.set_variants(data["variants"], may_add_options="options" not in data)
        elif self.is_new:
            self.set_variants([{}], may_add_options=False)
        if "options" in data or "variants" in data:
            self._assign_values()
        for variant in self.variants[:1]:
            self._set(self.product, {"default_variant_id": variant.pk})
        if self.is_changed and not self.is_new:
            self.changes.change(self.product, updated_on=timezone.now())
        return self.is_changed

    def set_tags(self, names: Sequence[str]) -> None:
        present = {tag.name: tag for tag in self.tags}
        for name in dict.fromkeys(names):
            if present.pop(name, None) is None:
                self._add(ProductTag(product=self.product, name=name))
        self._remove(present.values())

    def set_options(self, items: Sequence[Data]) -> None:
        """Set the options and the order of their values, `[{"name": ..., "values": [...]}]`."""
        present = {option.name: option for option in self.options}
        self.options = []
        for index, item in enumerate(items):
            if item["name"] in {option.name for option in self.options}:
                raise InvalidEdit(("options", index, "name"), "duplicate", "A name occurs twice.")
            option = present.pop(item["name"], None) or self._new_option(item["name"])
            self.options.append(option)
            self._set(option, {"position": index})
            self._set_values(option, item["values"])
        for option in present.values():
            self._remove(self.values.pop(option.pk).values())
        self._remove(present.values())

    def set_variants(self, items: Sequence[Data], *, may_add_options: bool) -> None:
        if not 1 <= len(items) <= MAX_VARIANTS:
            detail = f"A product has 1 to {MAX_VARIANTS} variants."
            raise InvalidEdit(("variants",), "out_of_range", detail)
        present = {variant.pk: variant for variant in self.variants}
        self.variants = []
        for index, item in enumerate(items):
            variant = present.pop(item["id"], None) if "id" in item else self._new_variant(index)
            if variant is None:
                raise InvalidEdit(("variants", index, "id"), "does_not_exist", "Unknown variant.")
            self.variants.append(variant)
            self.set_variant(variant, {**item, "position": index}, ("variants", index))
            if "options" in item:
                self._require_options(item["options"], index, may_add=may_add_options)
                self.choices[variant.pk] = dict(item["options"])
        self._remove(present.values())

    def set_variant(self, variant: Variant, item: Data, path: tuple[str | int, ...] = ()) -> None:
        """Set the fields, the stock and the images of one variant, but not its options."""
        special = {"id", "options", "stock", "images"}
        self._set(variant, {name: item[name] for name in item.keys() - special})
        if "stock" in item or variant._state.adding:
            self._set_stock(variant, item.get("stock", 0))
        if "images" in item:
            self._set_variant_images(variant, item["images"], (*path, "images"))

    def set_images(self, items: Sequence[Data]) -> None:
        """Set the images and their order; an item with a `source_url` and no `id` is new."""
        present = {image.pk: image for image in self.images}
        self.images = []
        for index, item in enumerate(items):
            if "id" in item:
                image = present.pop(item["id"], None)
            else:
                image = self._add(Image(product=self.product, position=index))
            if image is None:
                raise InvalidEdit(("images", index, "id"), "does_not_exist", "Unknown image.")
            self.images.append(image)
            self._set(image, {name: item[name] for name in item.keys() - {"id"}})
            self._set(image, {"position": index})
        self._remove(present.values())

    def _set_values(self, option: Option, names: Iterable[str]) -> None:
        present, self.values[option.pk] = self.values[option.pk], {}
        for position, name in enumerate(dict.fromkeys(names)):
            value = present.pop(name, None) or self._add(OptionValue(option=option, name=name))
            self._set(value, {"position": position})
            self.values[option.pk][name] = value
        self._remove(present.values())

    def _require_options(self, chosen: Mapping[str, str], index: int, *, may_add: bool) -> None:
        known = {option.name for option in self.options}
        for name in chosen.keys() - known if not may_add else ():
            raise InvalidEdit(
                ("variants", index, "options", name), "unknown_option", "Not one of the options."
            )
        for name in chosen:
            if name not in known:
                option = self._new_option(name)
                option.position = len(self.options)
                self.options.append(option)
        if len(self.options) > MAX_OPTIONS:
            detail = f"A product has at most {MAX_OPTIONS} options."
            raise InvalidEdit(("variants", index, "options"), "too_many_options", detail)

    def _assign_values(self) -> None:
        """Set the value columns of all variants in the order of the options."""
        combinations: set[tuple[str, ...]] = set()
        names = [option.name for option in self.options]
        for index, variant in enumerate(self.variants):
            chosen = self.choices.get(variant.pk, {})
            if chosen.keys() != set(names):
                detail = f"A value of each option is needed: {', '.join(names) or 'none'}."
                raise InvalidEdit(("variants", index, "options"), "missing_option", detail)
            combination = tuple(chosen[name] for name in names)
            if combination and combination in combinations:
                detail = "Another variant has the same options."
                raise InvalidEdit(("variants", index, "options"), "duplicate", detail)
            combinations.add(combination)
            values = [self._value(option, chosen[option.name]) for option in self.options]
            pairs = zip_longest(_VALUE_IDS, values)
            self._set(variant, {name: value and value.pk for name, value in pairs})

    def _value(self, option: Option, name: str) -> OptionValue:
        values = self.values[option.pk]
        if name not in values:
            values[name] = self._add(OptionValue(option=option, name=name, position=len(values)))
        return values[name]

    def _set_stock(self, variant: Variant, quantity: int) -> None:
        if variant._state.adding or quantity != variant.stock:
            self.is_changed = True
            self.changes.set_stock(variant, quantity)

    def _set_variant_images(
        self, variant: Variant, keys: Sequence[UUID], path: tuple[str | int, ...]
    ) -> None:
        images = {image.pk: image for image in self.images}
        rows = [] if variant._state.adding else variant.variant_images.all()
        present = {row.image_id: row for row in rows}
        for index, key in enumerate(keys):
            if key not in images:
                raise InvalidEdit((*path, index), "does_not_exist", "Unknown image.")
            row = present.pop(key, None)
            if row is None:
                row = self._add(VariantImage(variant=variant, image=images[key]))
            self._set(row, {"position": index})
        self._remove(present.values())

    def _new_option(self, name: str) -> Option:
        option: Option = self._add(Option(product=self.product, name=name))
        self.values[option.pk] = {}
        return option

    def _new_variant(self, position: int) -> Variant:
        variant: Variant = self._add(Variant(product=self.product, position=position))
        self.choices[variant.pk] = {}
        return variant

    def _choices(self) -> dict[UUID, dict[str, str]]:
        names = {
            value.pk: (option.name, value.name)
            for option in self.options
            for value in self.values[option.pk].values()
        }
        return {
            variant.pk: dict(names[pk] for pk in variant.value_ids if pk in names)
            for variant in self.variants
        }

    def _rows(self, relation: str) -> list[Any]:
        return [] if self.is_new else list(getattr(self.product, relation).all())

    def _set(self, row: Any, values: Data) -> None:
        self.is_changed |= self.changes.change(row, **values) or self.is_new

    def _add(self, row: Any) -> Any:
        self.is_changed = True
        return self.changes.add(row)

    def _remove(self, rows: Iterable[Any]) -> None:
        for row in rows:
            self.is_changed = True
            self.changes.remove(row)
