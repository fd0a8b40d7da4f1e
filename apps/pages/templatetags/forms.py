from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import Context

from apps.shops.currencies import exponent_of
from apps.tenants.context import require_active_tenant

register = template.Library()


@register.inclusion_tag("pages/field.html", takes_context=True)
def field(context: Context, name: str, label: str, kind: str = "text", **options: Any) -> Any:
    """Render a labelled field; `name` is that of `form_data()`, with its type.

    `kind` is a type of `input`, or `textarea`, `select` (with `choices`) or `checkbox`. Options are
    `hint`, `value`, `required`, `choices`, and attributes such as `autocomplete`, whose underscores
    are hyphens. The value is the one that was sent, else that of `values` in the context.
    """
    pointer, _, type_ = name.partition(":")
    known = ("hint", "value", "required", "choices")
    hint, value, required, choices = (options.pop(each, None) for each in known)
    sent = context.get("sent")
    if sent is not None and kind != "password":
        value = sent.getlist(name)[-1] if name in sent else ""
    elif value is None:
        value = as_text(value_at(context.get("values"), pointer), type_)
    return {
        "id": "field-" + pointer.replace("/", "-"),
        "name": name,
        "label": label,
        "kind": kind,
        "value": value,
        "hint": hint,
        "required": required,
        "choices": _with_present(choices or [], value),
        "errors": _errors(context, pointer),
        "attributes": {key.replace("_", "-"): text for key, text in options.items()},
    }


@register.inclusion_tag("pages/form_errors.html", takes_context=True)
def form_errors(context: Context) -> dict[str, Any]:
    """Render the errors of the whole form."""
    return {"errors": _errors(context, "")}


@register.inclusion_tag("pages/field_errors.html", takes_context=True)
def field_errors(context: Context, pointer: str) -> dict[str, Any]:
    """Render the errors of a value, and of what it contains, whose fields do not."""
    return {"errors": _errors(context, pointer)}


@register.filter
def words(value: Any) -> str:
    """Return words as they stand in a field, such as `red, "dark, blue"`."""
    return as_text(value, "words")


def value_at(data: Any, pointer: str) -> Any:
    """Return the value at a JSON pointer, None if there is none."""
    for part in pointer.split("/"):
        if isinstance(data, Mapping):
            data = data.get(part)
        elif isinstance(data, Sequence) and not isinstance(data, str) and part.isdigit():
            data = data[int(part)] if int(part) < len(data) else None
        else:
            return None
    return data


def as_text(value: Any, type_: str) -> str:
    """Return a value as it stands in a field of this type."""
    if value is None:
        return ""
    if type_ == "money" and isinstance(value, int):
        exponent = exponent_of(require_active_tenant().currency)
        return f"{Decimal(value).scaleb(-exponent):.{exponent}f}"
    if type_ == "bool":
        return "true" if value else ""
    if type_ == "words" and isinstance(value, list):
        texts = (str(word) for word in value)
        return ", ".join(_quoted(text) if {",", '"'} & set(text) else text for text in texts)
    return str(value)


def _with_present(choices: Sequence[Any], value: str) -> list[Any]:
    """Return the choices, and the present value if it is another, so that saving keeps it."""
    is_known = any(value == str(choice) for choice, _label in choices)
    return [*choices] if is_known or not choices or not value else [*choices, (value, value)]


def _quoted(word: str) -> str:
    return '"{}"'.format(word.replace('"', '""'))


def _errors(context: Context, pointer: str) -> list[str]:
    """Return the messages about the value at a pointer, and about what it contains."""
    errors: dict[str, list[str]] = context.get("errors") or {}
    if not pointer:
        return errors.get("", [])
    at_or_below = (each for each in errors if f"{each}/".startswith(f"{pointer}/"))
    return list(dict.fromkeys(message for each in at_or_below for message in errors[each]))
