"""Parsers of the cells of a file. Each returns a value, or raises InvalidValue."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_noop as _

from apps.products.csv.exceptions import InvalidValue
from apps.products.csv.numbers import parse_decimal
from apps.tenants.validators import INVALID_TITLE, validate_title

MAX_TEXT = 255
MAX_URL = 2_048
MAX_DESCRIPTION = 100_000
MAX_TAGS = 250
MAX_INTEGER = 1_000_000_000
MAX_WEIGHT = 2**31 - 1

STATUSES = ("draft", "active", "archived")

_YES = {"true", "1", "yes", "y", "wahr", "vrai", "verdadero", "vero", "waar", "ja", "oui"}
_NO = {"false", "0", "no", "n", "falsch", "faux", "onwaar", "nein", "non"}
_NO |= {"falso"}  # codespell:ignore falso
_GRAMS = {
    "": Decimal(1),
    "g": Decimal(1),
    "kg": Decimal(1_000),
    "lb": Decimal("453.59237"),
    "lbs": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
_WEIGHT = re.compile(r"(.*?[0-9])\s*(g|kg|lbs?|oz|)", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"[0-9]+([.,][0-9]+)?e\+?[0-9]+", re.IGNORECASE)
_TAG = re.compile(r"(?:\\[\\,]|[^,])+")
_ESCAPE = re.compile(r"\\([\\,])")
_URL = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)


def clean_text(text: str, limit: int = MAX_TEXT) -> str:
    """Return a text without white space around it."""
    text = text.strip()
    if len(text) > limit:
        raise InvalidValue(
            "too_long",
            _("At most %(max)s characters; this text has %(length)s."),
            max=limit,
            length=len(text),
        )
    return text


def parse_title(text: str) -> str:
    """Return the name of a product, one line with a visible letter or digit."""
    title = clean_text(text)
    try:
        if title:
            validate_title(title)
    except ValidationError:
        raise InvalidValue("invalid_name", INVALID_TITLE) from None
    return title


def parse_code(text: str) -> str:
    """Return a handle in Unicode's composed form (NFC): one spelling for one address."""
    code = parse_title(unicodedata.normalize("NFC", text))
    if {".", ".."} & set(code.split("/")):
        raise InvalidValue("invalid_code", _("A part of a handle may not be . or .. alone."))
    return code


def parse_description(text: str) -> str:
    """Return HTML as it is; apps.products.html cleans it."""
    if len(text) > MAX_DESCRIPTION:
        raise InvalidValue("too_long", _("At most %(max)s characters."), max=MAX_DESCRIPTION)
    return text


def derive_code(name: str) -> str:
    """Return the handle of a product that has a name only; "" if the name has no letter."""
    return slugify(unicodedata.normalize("NFC", name), allow_unicode=True)[:MAX_TEXT].strip("-")


def parse_boolean(text: str) -> bool | None:
    word = text.strip().casefold()
    if word and word not in _YES | _NO:
        raise InvalidValue(
            "not_a_boolean", _("“%(text)s” is neither TRUE nor FALSE."), text=text[:40]
        )
    return word in _YES if word else None


def parse_status(text: str) -> str | None:
    """Return a status; an unlisted product, which we do not have, is a draft."""
    word = text.strip().casefold()
    if word == "unlisted":
        return "draft"
    if word and word not in STATUSES:
        raise InvalidValue(
            "unknown_status",
            _("“%(text)s” is none of active, draft, archived and unlisted."),
            text=text[:40],
        )
    return word or None


def parse_integer(text: str, decimal_mark: str | None = None) -> int | None:
    text = text.strip()
    if not text:
        return None
    number = parse_decimal(text.removeprefix("-"), decimal_mark)
    if number != number.to_integral_value() or number > MAX_INTEGER:
        raise InvalidValue(
            "not_an_integer", _("“%(text)s” is not a whole number, or is too large."), text=text
        )
    return -int(number) if text.startswith("-") else int(number)


def parse_weight(text: str, unit: str = "g", decimal_mark: str | None = None) -> int | None:
    """Return grams, rounded half up; a unit in the cell outweighs that of its column."""
    text = text.strip()
    if not text:
        return None
    match = _WEIGHT.fullmatch(text) if len(text) <= MAX_TEXT else None
    if match is None:
        raise InvalidValue("not_a_weight", _("“%(text)s” is not a weight."), text=text[:40])
    number = parse_decimal(match[1], decimal_mark)
    grams = number * _GRAMS[match[2].lower() or unit]
    if grams > MAX_WEIGHT:
        raise InvalidValue("too_large", _("“%(text)s” is too large."), text=text)
    return int(grams.to_integral_value(ROUND_HALF_UP))


def parse_tags(text: str) -> tuple[str, ...]:
    """Return the tags of a comma-separated list, each once; see format_tags() for escapes."""
    parts = (_ESCAPE.sub(r"\1", part) for part in _TAG.findall(text))
    tags = dict.fromkeys(map(clean_text, parts))
    tags.pop("", None)
    if len(tags) > MAX_TAGS:
        raise InvalidValue("too_many_tags", _("A product has at most %(max)s tags."), max=MAX_TAGS)
    return tuple(tags)


def format_tags(tags: Iterable[str]) -> str:
    r"""Return a list for parse_tags(), in which a comma is `\,` and a backslash is `\\`."""
    return ", ".join(re.sub(r"[\\,]", r"\\\g<0>", tag) for tag in tags)


def parse_barcode(text: str) -> str:
    """Return a barcode; refuse one of which a spreadsheet has lost digits."""
    text = clean_text(text)
    if _SCIENTIFIC.fullmatch(text):
        raise InvalidValue(
            "damaged_barcode",
            _("A spreadsheet has shortened this barcode to “%(text)s”."),
            text=text,
        )
    return text


def parse_url(text: str) -> str:
    text = text.strip()
    if text and (len(text) > MAX_URL or not _URL.fullmatch(text)):
        raise InvalidValue("invalid_url", _("“%(text)s” is not a web address."), text=text[:80])
    return text
