"""The form of a product, with its options and a row for each variant, as the API takes it."""

from __future__ import annotations

from itertools import product as combinations
from math import prod
from typing import Any, Final

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from apps.backoffice.places import in_places
from apps.pages.parsers import form_data, rows_of, words_of
from apps.products.models import MAX_VARIANTS

Row = dict[str, Any]
MAX_OPTIONS: Final = 3
#: What a new variant takes over from the first one, and of a new product the stock, too.
_INHERITED: Final = ("price", "compare_at_price", "weight", "stock_policy")


def product_data(form: MultiValueDict[str, str]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return the data of a form, and the errors for which it must not be saved.

    Variants have the values of their fields `_value/<row>/<option>`, and options had those of
    `_values/<option>`. A row in `_remove`, and one with a value that the option has no longer, is
    dropped; a value that has another name in its place is renamed. With new options, or if `_do` is
    `variants`, each combination of values without a row gets one. The first picture of a variant is
    `_picture/<row>`, and `_pictures/<row>` are the others.
    """
    data = form_data(form)
    if "images" in data:
        data["images"] = _images(rows_of(data["images"]), set(form.getlist("_remove_image")))
    pictures = {image["id"] for image in data.get("images", [])}
    options = _options(data.pop("options", []))
    places = [place for place, option in enumerate(options) if option["name"] or option["values"]]
    options = [options[place] for place in places]
    renamed = [_renamed(form, place, option) for place, option in zip(places, options, strict=True)]
    removed = set(form.getlist("_remove"))
    kept = []
    for index, row in enumerate(rows_of(data.pop("variants", []))):
        if str(index) not in removed:
            values = [form.get(f"_value/{index}/{place}") or None for place in places]
            pairs = zip(renamed, values, strict=True)
            variant = _variant(row, options, [new.get(value, value) for new, value in pairs])
            kept.append(variant | _variant_images(form, index, pictures))
    possible = [row for row in kept if _is_possible(row, options)]
    errors = {}
    if options and (form.get("_do") == "variants" or not possible):
        if prod(len(option["values"]) for option in options) > MAX_VARIANTS:
            text = _("A product has up to %(count)s variants.") % {"count": MAX_VARIANTS}
            errors, possible = {"options": [text]}, kept
        else:
            possible = _completed(kept, options)
    data["options"], data["variants"] = options, possible
    return data, errors


def _options(rows: Any) -> list[Row]:
    found = []
    for row in rows_of(rows):
        name, values = row.get("name"), row.get("values")
        words = values if isinstance(values, list) else []
        texts = [each for each in words if isinstance(each, str)]
        found.append(
            {"name": name if isinstance(name, str) else "", "values": [*dict.fromkeys(texts)]}
        )
    return found


def _renamed(form: MultiValueDict[str, str], place: int, option: Row) -> dict[str | None, str]:
    """Return the new names of values by the old ones: those that have changed in their place."""
    before, after = words_of(form.get(f"_values/{place}", "")), option["values"]
    if len(before) != len(after):
        return {}
    pairs = zip(before, after, strict=True)
    return {old: new for old, new in pairs if old not in after and new not in before}


def _variant(row: Row, options: list[Row], values: list[str | None]) -> Row:
    """Return the data of a row; a new one has the default in place of a blank number."""
    is_new = not row.get("id")
    given = {
        name: value
        for name, value in row.items()
        if not (is_new and value is None and name in {"price", "stock"})
    }
    chosen = {option["name"]: value for option, value in zip(options, values, strict=True)}
    return given | {"options": chosen}


def _completed(rows: list[Row], options: list[Row]) -> list[Row]:
    """Return a row for each combination of values: one that has them, or else a new one.

    Rows without a value of a new option get the combinations that have their other values.
    """
    names = [option["name"] for option in options]
    chosen = [[row["options"][name] for name in names] for row in rows]
    known = [place for place in range(len(names)) if any(values[place] for values in chosen)]
    by_values: dict[tuple[Any, ...], list[Row]] = {}
    for row, values in zip(rows, chosen, strict=True):
        by_values.setdefault(tuple(values[place] for place in known), []).append(row)
    first = rows[0] if rows else {}
    inherited = _INHERITED if first.get("id") else (*_INHERITED, "stock")
    model: Row = {name: first[name] for name in inherited if name in first}
    found = []
    wanted = combinations(*(option["values"] for option in options))
    for each in wanted:
        left = by_values.get(tuple(each[place] for place in known))
        row = left.pop(0) if left else model
        found.append({**row, "options": dict(zip(names, each, strict=True))})
    return found or rows


def _is_possible(row: Row, options: list[Row]) -> bool:
    """Return True unless a value is missing or none of its option; the API adds first values."""
    chosen = ((row["options"].get(option["name"]), option["values"]) for option in options)
    return all(value in values or (value and not values) for value, values in chosen)


def _images(images: list[Row], removed: set[str]) -> list[Row]:
    """Return the images that are kept, in the order of their positions."""
    ordered = in_places(images, [image.get("position") for image in images])
    kept = [image for image in ordered if str(image.get("id")) not in removed]
    return [{"id": str(image.get("id")), "alt": image.get("alt", "")} for image in kept]


def _variant_images(
    form: MultiValueDict[str, str], index: int, pictures: set[str]
) -> dict[str, list[str]]:
    """Return the `images` of a variant that are kept; nothing if the form does not ask for them."""
    chosen = form.get(f"_picture/{index}")
    if chosen is None:
        return {}
    keys = [chosen, *form.getlist(f"_pictures/{index}")] if chosen else []
    return {"images": [key for key in dict.fromkeys(keys) if key in pictures]}
