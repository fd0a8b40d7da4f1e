from __future__ import annotations

import pytest

from apps.products.csv.exceptions import InvalidValue
from apps.products.csv.money import MAX_AMOUNT, format_amount, parse_amount


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12", "EUR", 1200),
        ("12.5", "EUR", 1250),
        (" 12,50 € ", "EUR", 1250),
        ("EUR 1.234,56", "EUR", 123456),
        ("12.5000", "EUR", 1250),
        ("$5.00", "USD", 500),
        ("$5.00", "CAD", 500),
        ("CA$5", "CAD", 500),
        ("1 234,50 kr", "SEK", 123450),
        ("¥1200", "JPY", 1200),
        ("1200.00", "JPY", 1200),
        ("1.2345", "KWD", None),
        ("0.125", "KWD", 125),
        ("0", "EUR", 0),
    ],
)
def test_amount_is_in_minor_units(text, currency, amount):
    try:
        found = parse_amount(text, currency)
    except InvalidValue:
        found = None

    assert found == amount


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_number"),
        ("call us", "not_a_number"),
        ("from 10", "not_a_number"),
        ("10 - 20", "not_a_number"),
        ("10 / 20", "not_a_number"),
        ("-5", "negative"),
        ("$5", "other_currency"),
        ("USD 5", "other_currency"),
        ("5 £", "other_currency"),
        ("12.345", "ambiguous_number"),
        ("12.3456", "too_precise"),
        ("0.999", "too_precise"),
        ("100000000000.00", "too_large"),
        ("9" * 5_000, "not_a_number"),
    ],
)
def test_refused_price_never_becomes_another(text, code):
    with pytest.raises(InvalidValue) as refusal:
        parse_amount(text, "EUR")

    assert refusal.value.code == code


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
@pytest.mark.parametrize("amount", [0, 1, 999, 1000, 1250, MAX_AMOUNT])
def test_written_amount_is_read_back(amount, currency):
    assert parse_amount(format_amount(amount, currency), currency) == amount
