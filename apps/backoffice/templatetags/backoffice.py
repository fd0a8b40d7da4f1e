from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.pages.templatetags.forms import as_text
from apps.products.rules import AMOUNTS

register = template.Library()

_LABELS: Final = {
    "price": _("Price"),
    "compare_at_price": _("Before"),
    "stock": _("Stock"),
    "sku": "SKU",
    "weight": _("Weight, g"),
}
_NUMBERS: Final = {"money": "decimal", "int": "numeric"}
#: The pictures that each variant may choose from: both may be many.
_MAX_PICTURES: Final = 100


@register.simple_tag(takes_context=True)
def cell(context: Context, name: str, row_number: int, row: dict[str, Any]) -> SafeString:
    """Render the field `name` of a variant in the grid, and its errors."""
    field, _colon, kind = name.partition(":")
    all_errors: dict[str, list[str]] = context.get("errors") or {}
    errors = all_errors.get(f"variants/{row_number}/{field}", [])
    if errors and kind == "money" and not isinstance(row.get(field), int):
        errors = [_("Enter a price such as %(price)s.") % {"price": as_text(2400, kind)}]
    key = f"variant-{row_number}-{field}"
    notes = format_html(' aria-invalid="true" aria-describedby="{}-error"', key) if errors else ""
    text = format_html('<p class="error" id="{}-error">{}</p>', key, " ".join(errors))
    return format_html(
        '<input class="input input--{mode}" id="{key}" name="variants/{row}/{name}" value="{value}"'
        ' inputmode="{mode}" aria-label="{label} {number}"{notes} autocomplete="off">{text}',
        mode=_NUMBERS.get(kind, "text"),
        key=key,
        row=row_number,
        name=name,
        value=as_text(row.get(field), kind),
        label=_LABELS[field],
        number=row_number + 1,
        notes=notes,
        text=text if errors else "",
    )


@register.inclusion_tag("backoffice/variant_picture.html")
def variant_picture(row_number: int, row: dict[str, Any], images: list[Any]) -> dict[str, Any]:
    """Render the choice of a variant's first picture among those of the product."""
    chosen, *others = row.get("images") or [""]
    return {
        "row_number": row_number,
        "picture": next((image for image in images if image["id"] == chosen), None),
        "choices": [
            (number, image)
            for number, image in enumerate(images, start=1)
            if number <= _MAX_PICTURES or image["id"] == chosen
        ],
        "others": others,
    }


@register.simple_tag
def thumbnail(image: dict[str, Any]) -> SafeString | str:
    """Return the smallest rendition of an image of the API, nothing if there is none."""
    urls: dict[str, str] = image.get("urls", {})
    if not urls:
        return ""
    path = urlsplit(urls[min(urls, key=int)]).path
    return format_html(
        '<img src="{}" width="{}" height="{}" alt="" loading="lazy" decoding="async">',
        path,
        image["width"],
        image["height"],
    )


@register.simple_tag
def condition_value(condition: dict[str, Any]) -> str:
    """Return the value of a rule as it is typed."""
    return as_text(condition.get("value"), "money" if condition.get("field") in AMOUNTS else "")
