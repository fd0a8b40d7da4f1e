from __future__ import annotations

from decimal import Decimal

import pytest

from apps.products.csv.exceptions import InvalidValue
from apps.products.csv.numbers import decimal_mark_in, parse_decimal


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"),
        ("16056,13", "16056.13"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u202f234,56", "1234.56"),
        ("1'234.50", "1234.50"),
        ("1\u2019234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("12,34,567.5", "1234567.5"),
        ("1234,567", "1234.567"),
        ("0,234", "0.234"),
        (".5", "0.5"),
        ("1.2345", "1.2345"),
    ],
)
def test_number_has_one_meaning(text, number):
    assert parse_decimal(text) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_number"),
        ("call us", "not_a_number"),
        ("1,234", "ambiguous_number"),
        ("12.345", "ambiguous_number"),
        ("1,2,3", "not_a_number"),
        ("1,234.567.890", "not_a_number"),
        ("1.234 567,89", "not_a_number"),
        ("12 50", "not_a_number"),
        ("5.", "not_a_number"),
        ("1e5", "not_a_number"),
        ("١٢", "not_a_number"),
        ("\uff11\uff12", "not_a_number"),
        ("9" * 41, "not_a_number"),
    ],
)
def test_other_number_is_refused(text, code):
    with pytest.raises(InvalidValue) as refusal:
        parse_decimal(text)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("1,234", ",", "1.234"),
        ("1,234", ".", "1234"),
        ("1.234", ",", "1234"),
        ("1.234", ".", "1.234"),
        ("12,50", ".", "12.50"),
    ],
)
def test_mark_of_the_file_decides_the_ambiguous_number_alone(text, mark, number):
    assert parse_decimal(text, mark) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("12,50", ","),
        ("1.234,5", ","),
        ("1.234.567", ","),
        ("1,234,567", "."),
        ("0.125", "."),
        ("1,234", None),
        ("12", None),
        ("1 234", None),
        ("1,2,3", None),
        ("call us", None),
    ],
)
def test_number_proves_a_mark(text, mark):
    assert decimal_mark_in(text) == mark
