"""The currencies that a shop may use, and their minor units, from the data of Unicode's CLDR."""

from __future__ import annotations

from typing import Final

from babel.core import get_global
from babel.numbers import get_currency_precision, get_territory_currencies
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: The codes of ISO 4217 that are legal tender somewhere.
CURRENCIES: Final = frozenset(
    code
    for territory in get_global("territory_currencies")
    for code in get_territory_currencies(territory)
)


def validate_currency(code: str) -> None:
    """Raise ValidationError unless `code` is in CURRENCIES."""
    if code not in CURRENCIES:
        raise ValidationError(_("A currency of ISO 4217, such as EUR."), code="unknown_currency")


def exponent_of(code: str) -> int:
    """Return the number of decimal places of a currency: 2 for EUR, 0 for JPY, 3 for KWD."""
    return int(get_currency_precision(code))
