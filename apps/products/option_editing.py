from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_noop as _

from apps.products.changes import Changes
from apps.products.exceptions import InvalidEdit
from apps.products.models import MAX_OPTIONS, Option, OptionValue, Product, Variant

_VALUES: Final = ("value1", "value2", "value3")
_VALUE_IDS: Final = tuple(f"{name}_id" for name in _VALUES)


class OptionEditor:
    """Compares the options of a product, and those of its variants, with new data."""

    def __init__(self, product: Product, changes: Changes, variants: Iterable[Variant]) -> None:
        rows = [] if product._state.adding else product.options.all()
        self.product = product
        self.changes = changes
        self.options: list[Option] = sorted(rows, key=lambda option: option.position)
        # By the id of the option and the name of the value, in order.
        self.values: dict[UUID, dict[str, OptionValue]] = {
            option.pk: {
                value.name: value
                for value in sorted(option.values.all(), key=lambda value: value.position)
            }
            for option in self.options
        }
        self.choices = self._present_choices(variants)

    def value_names(self) -> list[str]:
        return [name for values in self.values.values() for name in values]

    def set_options(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Set the options and the order of their values, `[{"name": ..., "values": [...]}]`."""
        present = {option.name: option for option in self.options}
        self.options = []
        for index, item in enumerate(items):
            if item["name"] in {option.name for option in self.options}:
                raise InvalidEdit(
                    ("options", index, "name"), "duplicate", _("A name occurs twice.")
                )
            option = present.pop(item["name"], None) or self._new_option(item["name"])
            self.options.append(option)
            self.changes.change(option, {"position": index})
            self._set_values(option, item["values"])
        for option in present.values():
            self.changes.remove(self.values.pop(option.pk).values())
        self.changes.remove(present.values())

    def choose(
        self, variant: Variant, chosen: Mapping[str, str], index: int, *, may_add: bool
    ) -> None:
        """Set the options of a variant, and add options that the product lacks if permitted."""
        self.choices[variant.pk] = dict(chosen)
        known = {option.name for option in self.options}
        for name in chosen.keys() - known:
            if not may_add:
                path = ("variants", index, "options", name)
                raise InvalidEdit(path, "unknown_option", _("Not one of the options."))
        for name in chosen:
            if name not in known:
                option = self._new_option(name)
                option.position = len(self.options)
                self.options.append(option)
        if len(self.options) > MAX_OPTIONS:
            raise InvalidEdit(
                ("variants", index, "options"),
                "too_many_options",
                _("A product has at most %(max)s options."),
                max=MAX_OPTIONS,
            )

    def assign(self, variants: Sequence[Variant]) -> None:
        """Set the value columns of all variants, in the order of the options."""
        combinations: set[tuple[str, ...]] = set()
        names = [option.name for option in self.options]
        for index, variant in enumerate(variants):
            chosen = self.choices.get(variant.pk, {})
            if chosen.keys() != set(names):
                path = ("variants", index, "options")
                raise InvalidEdit(path, "missing_option", _missing(names), names=", ".join(names))
            combination = tuple(chosen[name] for name in names)
            if combination and combination in combinations:
                message = _("Another variant has the same options.")
                raise InvalidEdit(("variants", index, "options"), "duplicate", message)
            combinations.add(combination)
            values = [self._value(option, chosen[option.name]) for option in self.options]
            pairs = zip_longest(_VALUE_IDS, values)
            self.changes.change(variant, {name: value and value.pk for name, value in pairs})

    def attach_rows(self, variants: Iterable[Variant]) -> None:
        """Give a new product its options with their values, and `variants` their values."""
        attach(self.product, "options", self.options)
        for option in self.options:
            attach(option, "values", list(self.values[option.pk].values()))
        for variant in variants:
            chosen = self.choices.get(variant.pk, {})
            for name, option in zip(_VALUES, self.options, strict=False):
                setattr(variant, name, self.values[option.pk][chosen[option.name]])

    def _set_values(self, option: Option, names: Iterable[str]) -> None:
        present, self.values[option.pk] = self.values[option.pk], {}
        for position, name in enumerate(dict.fromkeys(names)):
            value = present.pop(name, None)
            value = value or self.changes.add(OptionValue(option=option, name=name))
            self.changes.change(value, {"position": position})
            self.values[option.pk][name] = value
        self.changes.remove(present.values())

    def _value(self, option: Option, name: str) -> OptionValue:
        values = self.values[option.pk]
        if name not in values:
            value = OptionValue(option=option, name=name, position=len(values))
            values[name] = self.changes.add(value)
        return values[name]

    def _new_option(self, name: str) -> Option:
        option: Option = self.changes.add(Option(product=self.product, name=name))
        self.values[option.pk] = {}
        return option

    def _present_choices(self, variants: Iterable[Variant]) -> dict[UUID, dict[str, str]]:
        """Return the value of each option by the ids of the variants."""
        names = {
            value.pk: (option.name, value.name)
            for option in self.options
            for value in self.values[option.pk].values()
        }
        return {
            variant.pk: dict(names[pk] for pk in variant.value_ids if pk in names)
            for variant in variants
        }


def attach(instance: Any, relation: str, rows: list[Any]) -> None:
    """Have `all()` of a relation return `rows`, as if they had been prefetched."""
    instance._prefetched_objects_cache = {
        **getattr(instance, "_prefetched_objects_cache", {}),
        relation: rows,
    }


def _missing(names: Sequence[str]) -> str:
    if names:
        return _("A value of each option is needed: %(names)s.")
    return _("A value of each option is needed: none.")
