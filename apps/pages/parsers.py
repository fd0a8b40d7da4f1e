"""The fields of a page's form as the JSON that the API takes."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import parse_qsl

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict

from apps.shops.currencies import exponent_of
from apps.tenants.context import require_active_tenant

MAX_FIELDS: Final = 20_000
#: The parts of a pointer, and the digits of a number: more than any value needs.
_MAX_DEPTH: Final = 10
_MAX_DIGITS: Final = 15
_INTEGER: Final = re.compile(r"[+-]?\d+(?:\.0*)?", re.ASCII)
_AMOUNT: Final = re.compile(r"(?P<whole>\d*)(?:[.,](?P<decimals>\d*))?", re.ASCII)
# Groups of three digits, or as in India of two before the last three.
_GROUPED: Final = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?P<separator>[.,])(?:\d{2,3}(?P=separator))*\d{3})"
    r"(?:(?!(?P=separator))[.,](?P<decimals>\d*))?",
    re.ASCII,
)
# In quotation marks a word may have commas.
_WORD: Final = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*(?=,|\Z)|([^,]*))(?:,|\Z)')


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
    """Return the fields of a form as JSON; raise BadRequest.

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
        if len(parents) > _MAX_DEPTH:
            raise BadRequest
        inner = data
        for parent in parents:
            inner = inner.setdefault(parent, {})
            if not isinstance(inner, dict):
                break
        else:
            inner[last] = _value(form.getlist(name), kind)
    return {name: _with_lists(value) for name, value in data.items()}


def _value(texts: list[str], kind: str) -> Any:
    text = texts[-1].replace("\r\n", "\n")
    match kind:
        case "int":
            return integer_of(text)
        case "bool":
            return text == "true"
        case "money":
            return minor_units(text)
        case "list":
            return [each for each in texts if each]
        case "words":
            return words_of(text)
    return text


def rows_of(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; none of another value, which a form may have in its place."""
    rows = value if isinstance(value, list) else []
    return [row for row in rows if isinstance(row, dict)]


def words_of(text: str) -> list[str]:
    """Return the words that are separated by commas: `red, "dark, blue"` are two."""
    pairs = (match.groups() for match in _WORD.finditer(text))
    words = (quoted.replace('""', '"') if quoted else plain or "" for quoted, plain in pairs)
    return [word.strip() for word in words if word.strip()]


def minor_units(text: str) -> int | str | None:
    """Return an amount such as `1.234,50` or `24.5` in minor units, None if blank.

    A single separator is that of decimals, unless three digits follow it and the currency has
    fewer. Text that is no amount is returned as it is.
    """
    exponent = exponent_of(require_active_tenant().currency)
    digits = "".join(text.split()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    if not digits:
        return None
    found = _AMOUNT.fullmatch(digits)
    if found is None or len(found["decimals"] or "") > exponent:
        found = _GROUPED.fullmatch(digits)
    if found is None:
        return text
    whole, decimals = found["whole"], found["decimals"] or ""
    plain = whole.replace(".", "").replace(",", "")
    if not plain + decimals or len(plain) > _MAX_DIGITS or len(decimals) > exponent:
        return text
    return int(plain + decimals.ljust(exponent, "0"))


def integer_of(text: str) -> int | str | None:
    """Return a whole number, None if blank; text that is none as it is."""
    stripped = text.strip()
    if not stripped:
        return None
    if not _INTEGER.fullmatch(stripped) or len(stripped) > _MAX_DIGITS:
        return text
    return int(stripped.partition(".")[0])


def _with_lists(value: Any) -> Any:
    """Return `value` with lists for the objects whose names are all numbers, in their order."""
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(each) for name, each in value.items()}
    if inner and all(_is_index(name) for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def _is_index(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= _MAX_DIGITS
