"""The fields of a page's form as the JSON that the API takes."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import parse_qsl

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict

from apps.shops.currencies import exponent_of
from apps.tenants.context import require_active_tenant

MAX_FIELDS: Final = 20_000
_MAX_INTEGER: Final = 10**15
_THOUSAND: Final = 3


def form_of(request: HttpRequest) -> MultiValueDict[str, str]:
    """Return the fields of a form that is not an upload; raise BadRequest."""
    form: MultiValueDict[str, str] = MultiValueDict()
    try:
        pairs = parse_qsl(
            request.body.decode(),
            keep_blank_values=True,
            max_num_fields=MAX_FIELDS,
            errors="strict",
        )
    except ValueError as error:
        raise BadRequest from error
    for name, value in pairs:
        form.appendlist(name, value)
    return form


def form_data(form: MultiValueDict[str, str]) -> dict[str, Any]:
    """Return the fields of a form as JSON.

    The name of a field is the JSON pointer of its value, less the first slash, and the type:
    `variants/0/price:money`. Types are `int`, `bool`, `money`, `list` (the values of all fields
    with this name) and `words` (separated by commas); others are text. Empty numbers are null. A
    number that cannot be read stays text, which the serializers refuse. Names that begin with an
    underscore are the page's own.
    """
    data: dict[str, Any] = {}
    for name in form:
        pointer, _, kind = name.partition(":")
        if pointer.startswith("_"):
            continue
        *parents, last = pointer.split("/")
        inner = data
        for parent in parents:
            inner = inner.setdefault(parent, {})
            if not isinstance(inner, dict):
                break
        else:
            inner[last] = _value(form.getlist(name), kind)
    result: dict[str, Any] = _with_lists(data)
    return result


def _value(texts: list[str], kind: str) -> Any:
    text = texts[-1].replace("\r\n", "\n")
    match kind:
        case "int":
            return _integer(text)
        case "bool":
            return text == "true"
        case "money":
            return minor_units(text)
        case "list":
            return [each for each in texts if each]
        case "words":
            return [word.strip() for word in text.split(",") if word.strip()]
    return text


def minor_units(text: str) -> int | str | None:
    """Return an amount such as `1.234,50` or `24.5` in minor units, None if blank.

    The last of two different separators is that of decimals; so is a single one, unless three
    digits follow it and the currency has fewer. Text that is no amount is returned as it is.
    """
    exponent = exponent_of(require_active_tenant().currency)
    digits = "".join(text.split()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    if not digits:
        return None
    point = max(digits.rfind("."), digits.rfind(","))
    whole, decimals = (digits[:point], digits[point + 1 :]) if point >= 0 else (digits, "")
    if len(decimals) == _THOUSAND != exponent:
        whole, decimals = digits, ""
    plain = whole.replace(".", "").replace(",", "")
    if not (plain + decimals).isascii() or not (plain + decimals).isdigit():
        return text
    if len(decimals) > exponent:
        return text
    return int(Decimal(f"{plain or 0}.{decimals or 0}").scaleb(exponent))


def _integer(text: str) -> int | str | None:
    stripped = text.strip()
    if not stripped:
        return None
    try:
        value = Decimal(stripped)
    except InvalidOperation:
        return text
    return int(value) if value == value.to_integral_value() and abs(value) < _MAX_INTEGER else text


def _with_lists(value: Any) -> Any:
    """Return `value` with lists for the objects whose names are all numbers, in their order."""
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(each) for name, each in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
