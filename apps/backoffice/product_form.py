"""The form of a product, with its options and a row for each variant, as the API takes it."""

from __future__ import annotations

from itertools import product as combinations
from typing import Any, Final

from django.utils.datastructures import MultiValueDict

from apps.pages.parsers import form_data

Row = dict[str, Any]
MAX_OPTIONS: Final = 3
#: What a new variant takes over from the first one.
_INHERITED: Final = ("price", "compare_at_price", "stock", "weight", "stock_policy")


def product_data(form: MultiValueDict[str, str]) -> dict[str, Any]:
    """Return the data of a form.

    Variants have the values of their fields `_value/<row>/<option>`. A row in `_remove`, and one
    with a value that the option has no longer, is dropped. With new options, or if `_do` is
    `variants`, each combination of values without a row gets one.
    """
    data = form_data(form)
    options = [each for each in data.pop("options", []) if each.get("name") or each.get("values")]
    rows = data.pop("variants", [])
    removed = set(form.getlist("_remove"))
    kept = [
        _with_values(row, form, str(index), options)
        for index, row in enumerate(rows)
        if str(index) not in removed
    ]
    has_values = any(None not in row["options"].values() for row in kept if row["options"])
    if options and (form.get("_do") == "variants" or not has_values):
        kept = _completed(kept, options)
    data["options"] = options
    data["variants"] = [row for row in kept if _is_possible(row, options)] or kept[:1]
    if "images" in data:
        data["images"] = _images(data["images"], set(form.getlist("_remove_image")))
    return data


def _with_values(row: Row, form: MultiValueDict[str, str], index: str, options: list[Row]) -> Row:
    values = [form.get(f"_value/{index}/{place}") for place in range(len(options))]
    chosen = {option["name"]: value for option, value in zip(options, values, strict=True)}
    blank = ("price", "stock", "weight")
    return {key: value for key, value in row.items() if value is not None or key not in blank} | {
        "options": chosen
    }


def _completed(rows: list[Row], options: list[Row]) -> list[Row]:
    """Return the rows, the first one for the first free combination, and one for each other."""
    wanted = [
        dict(zip([option["name"] for option in options], values, strict=True))
        for values in combinations(*(option["values"] for option in options))
    ]
    by_values = {tuple(row["options"].values()): row for row in rows}
    spare = [row for row in rows if not _is_possible(row, options)]
    first = rows[0] if rows else {}
    model: Row = {name: first[name] for name in _INHERITED if name in first}
    found = []
    for values in wanted:
        row: Row = by_values.get(tuple(values.values())) or (spare.pop(0) if spare else model)
        found.append({**row, "options": values})
    return found


def _is_possible(row: Row, options: list[Row]) -> bool:
    return all(row["options"].get(option["name"]) in option["values"] for option in options)


def _images(images: list[Row], removed: set[str]) -> list[Row]:
    """Return the images that are kept, in the order of their positions."""
    kept = [image for image in images if image.get("id") not in removed]
    kept.sort(key=lambda image: image["position"] if isinstance(image["position"], int) else 0)
    return [{"id": image["id"], "alt": image.get("alt", "")} for image in kept]
