"""Numbers as merchants write them. A number that can mean two amounts is refused."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from apps.products.csv.exceptions import InvalidValue

MAX_LENGTH = 40

#: The digits between two separators of thousands.
THOUSANDS_GROUP = 3

_SPACES = " \u00a0\u2009\u202f"
_APOSTROPHES = "'\u2019"
_NUMBER = re.compile(rf"[0-9]*(?:[.,{_SPACES}{_APOSTROPHES}][0-9]+)*")
_SEPARATOR = re.compile(r"[^0-9]")
#: The lengths of the groups after the first: 1,234,567 or, in India, 12,34,567.
_THOUSANDS = re.compile(r"[123](,3)+|[12](,2)+,3")


def parse_decimal(text: str, decimal_mark: str | None = None) -> Decimal:
    """Return a number without a sign; raise InvalidValue if it is none, or is ambiguous.

    `decimal_mark` is the mark of the file's other numbers. It decides between the two meanings of
    `1,234` and `1.234`, which are ambiguous without it.
    """
    text = text.strip()
    if len(text) > MAX_LENGTH or not text or not _NUMBER.fullmatch(text):
        raise InvalidValue("not_a_number", _("“%(text)s” is not a number."), text=text[:MAX_LENGTH])
    mark = _decimal_mark_of(text)
    if mark is None and _is_ambiguous(text):
        mark = _resolve(text, decimal_mark)
    whole, fraction = text.rsplit(mark, 1) if mark else (text, "")
    _require_thousands(whole, text)
    return Decimal(f"{_SEPARATOR.sub('', whole) or '0'}.{fraction or '0'}")


def decimal_mark_in(text: str) -> str | None:
    """Return the decimal mark that a number proves its file to use, or None if it proves none."""
    text = text.strip()
    if len(text) > MAX_LENGTH or not _NUMBER.fullmatch(text):
        return None
    repeated = [mark for mark in ".," if text.count(mark) > 1]
    if not repeated:
        return _decimal_mark_of(text)
    if not _THOUSANDS.fullmatch(_lengths(text)):
        return None
    return "," if repeated == ["."] else "."


def _decimal_mark_of(text: str) -> str | None:
    """Return the last separator if it can only be a decimal mark."""
    separators = _SEPARATOR.findall(text)
    if not separators or separators[-1] not in ".," or text.count(separators[-1]) > 1:
        return None
    whole, _, fraction = text.rpartition(separators[-1])
    is_plain = whole.isdigit() and len(whole) <= THOUSANDS_GROUP and not whole.startswith("0")
    return None if is_plain and len(fraction) == THOUSANDS_GROUP else separators[-1]


def _is_ambiguous(text: str) -> bool:
    return text.count(".") + text.count(",") == 1 and len(_SEPARATOR.findall(text)) == 1


def _resolve(text: str, decimal_mark: str | None) -> str | None:
    [separator] = _SEPARATOR.findall(text)
    if decimal_mark is None:
        raise InvalidValue(
            "ambiguous_number",
            _(
                "“%(text)s” can be read as a whole number or as a fraction. Write it without a"
                " separator of thousands."
            ),
            text=text,
        )
    return separator if separator == decimal_mark else None


def _require_thousands(whole: str, text: str) -> None:
    separators = set(_SEPARATOR.findall(whole))
    if separators and (len(separators) > 1 or not _THOUSANDS.fullmatch(_lengths(whole))):
        raise InvalidValue("not_a_number", _("“%(text)s” is not a number."), text=text)


def _lengths(text: str) -> str:
    return ",".join(str(len(group)) for group in _SEPARATOR.split(text))
