"""The choice of a variant by its options, as links that need no script."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from apps.products.models import Product, Variant


@dataclass(frozen=True)
class Choice:
    """A value of an option, and the variant that it leads to."""

    name: str
    variant: Variant
    is_chosen: bool

    @property
    def is_sold_out(self) -> bool:
        return not is_in_stock(self.variant)


@dataclass(frozen=True)
class OptionChoices:
    name: str
    chosen: str
    choices: list[Choice]


def is_in_stock(variant: Variant) -> bool:
    return variant.stock_policy != Variant.StockPolicy.DENY or variant.stock > 0


def is_back_order(variant: Variant) -> bool:
    """Return whether a variant is sold although none is left."""
    return variant.stock_policy == Variant.StockPolicy.CONTINUE and variant.stock <= 0


def chosen_variant(product: Product, variant_id: str) -> Variant | None:
    """Return the variant with an id from the address, else the first that can be bought."""
    variants = list(product.variants.all())
    by_id = {str(variant.pk): variant for variant in variants}
    if variant_id in by_id:
        return by_id[variant_id]
    return next(filter(is_in_stock, variants), variants[0] if variants else None)


def option_choices(product: Product, chosen: Variant) -> list[OptionChoices]:
    """Return the values of each option of a product from `with_details()`.

    A value leads to the variant that has it and else the most values of the chosen one. Values
    without a variant are left out.
    """
    variants = list(product.variants.all())
    found = []
    for index, option in enumerate(product.options.all()):
        choices = [
            Choice(value.name, target, is_chosen=chosen.value_ids[index] == value.pk)
            for value in option.values.all()
            if (target := _nearest(variants, chosen, index, value.pk))
        ]
        name = next((choice.name for choice in choices if choice.is_chosen), "")
        found.append(OptionChoices(option.name, name, choices))
    return found


def _nearest(
    variants: Iterable[Variant], chosen: Variant, index: int, value_id: UUID
) -> Variant | None:
    def likeness(variant: Variant) -> tuple[int, bool]:
        same = sum(a == b for a, b in zip(variant.value_ids, chosen.value_ids, strict=True))
        return same, is_in_stock(variant)

    fitting = [variant for variant in variants if variant.value_ids[index] == value_id]
    return max(fitting, key=likeness, default=None)
