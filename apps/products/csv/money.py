from __future__ import annotations

import re
from functools import cache

from babel.numbers import get_currency_precision, get_currency_symbol
from django.utils.translation import gettext_noop as _

from apps.products.csv.exceptions import InvalidValue
from apps.products.csv.numbers import THOUSANDS_GROUP, decimal_mark_in, parse_decimal

#: The greatest price of a variant, in minor units.
MAX_AMOUNT = 9_999_999_999_999

#: A number with the sign or the code of a currency on both sides.
_MAX_LENGTH = 64

#: Signs that Babel knows in the language of the country alone.
_LOCAL_SIGNS = {
    "BGN": ("лв", "лв."),
    "BRL": ("R$",),
    "CHF": ("Fr.", "SFr."),
    "CZK": ("Kč",),
    "DKK": ("kr", "kr."),
    "HUF": ("Ft",),
    "INR": ("Rs", "Rs."),
    "ISK": ("kr", "kr."),
    "NOK": ("kr", "kr."),
    "PLN": ("zł",),
    "RON": ("lei",),
    "SEK": ("kr", "kr."),
    "TRY": ("TL",),
    "ZAR": ("R",),  # codespell:ignore zar
}
_EDGES = re.compile(r"([^0-9.,]*?)\s*([0-9.,].*?[0-9]|[0-9])\s*([^0-9]*)")


def parse_amount(text: str, currency: str, decimal_mark: str | None = None) -> int:
    """Return an amount in minor units of `currency`; raise InvalidValue rather than guess."""
    number = parse_decimal(_without_sign(text.strip(), currency), decimal_mark)
    precision = get_currency_precision(currency)
    minor = number.scaleb(precision)
    if minor != minor.to_integral_value():
        raise InvalidValue(
            "too_precise",
            _("“%(text)s” has more decimals than %(currency)s has (%(decimals)s)."),
            text=text.strip(),
            currency=currency,
            decimals=precision,
        )
    if minor > MAX_AMOUNT:
        raise InvalidValue("too_large", _("“%(text)s” is too large."), text=text.strip())
    return int(minor)


def format_amount(amount: int, currency: str) -> str:
    """Return an amount of minor units with a point and all decimals: 1250 is 12.50 in EUR."""
    precision = get_currency_precision(currency)
    digits = str(amount).zfill(precision + 1)
    if precision == THOUSANDS_GROUP:  # one more zero, because 1.250 can be read as 1250
        digits, precision = f"{digits}0", precision + 1
    return f"{digits[:-precision]}.{digits[-precision:]}" if precision else digits


def decimal_mark_in_amount(text: str, currency: str) -> str | None:
    """Return the decimal mark that an amount proves its file to use, or None."""
    try:
        return decimal_mark_in(_without_sign(text.strip(), currency))
    except InvalidValue:
        return None


def _without_sign(text: str, currency: str) -> str:
    match = _EDGES.fullmatch(text) if len(text) <= _MAX_LENGTH else None
    if match is None:
        raise InvalidValue("not_a_number", _("“%(text)s” is not a price."), text=text[:40])
    before, number, after = match.groups()
    for sign in (before, after):
        _require_own_sign(sign.strip(), currency, text)
    return number


def _require_own_sign(sign: str, currency: str, text: str) -> None:
    if not sign or sign.casefold() in _signs_of(currency):
        return
    if sign in {"-", "\u2212"}:
        raise InvalidValue("negative", _("“%(text)s”: a price is not negative."), text=text)
    if re.fullmatch(r"[A-Z]{3}|[A-Z]{0,2}[$€£¥₹₽₺₩₪₫฿]", sign):
        raise InvalidValue(
            "other_currency", _("“%(text)s” is not in %(currency)s."), text=text, currency=currency
        )
    raise InvalidValue("not_a_number", _("“%(text)s” is not a price."), text=text)


@cache
def _signs_of(currency: str) -> frozenset[str]:
    symbol = get_currency_symbol(currency, "en")
    signs = {currency, symbol, symbol[-1:] if not symbol.isalpha() else symbol}
    return frozenset(sign.casefold() for sign in {*signs, *_LOCAL_SIGNS.get(currency, ())})
