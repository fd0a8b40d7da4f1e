from __future__ import annotations

import pytest

from apps.products.csv import values
from apps.products.csv.escaping import escape_formula, unescape_formula
from apps.products.csv.exceptions import InvalidValue


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (values.parse_weight, "250", 250),
        (values.parse_weight, "0.5", 1),
        (values.parse_weight, "1.5 kg", 1500),
        (values.parse_weight, "1,5kg", 1500),
        (values.parse_weight, "1 lb", 454),
        (values.parse_weight, "2 OZ", 57),
        (values.parse_weight, " ", None),
        (values.parse_integer, "-3", -3),
        (values.parse_integer, "5.0", 5),
        (values.parse_integer, "", None),
        (values.parse_boolean, "TRUE", True),
        (values.parse_boolean, "FALSCH", False),
        (values.parse_boolean, "", None),
        (values.parse_status, "Active", "active"),
        (values.parse_status, "unlisted", "draft"),
        (values.parse_status, "", None),
        (values.parse_tags, "New, sale,, SALE ,", ("New", "sale", "SALE")),
        (values.parse_barcode, " 4006381333931 ", "4006381333931"),
        (values.parse_code, " Cafe\u0301 ", "Café"),
        (values.parse_tags, r"a\, b, c\\, d\e", ("a, b", "c\\", r"d\e")),
        (values.derive_code, "Café Crème № 5!", "café-crème-no-5"),
        (values.derive_code, "!!!", ""),
        (values.parse_url, " https://cdn.example/a b.jpg", None),
        (values.parse_url, "https://cdn.example/a.jpg?v=1", "https://cdn.example/a.jpg?v=1"),
        (values.parse_url, "javascript:alert(1)", None),
        (values.parse_url, "file:///etc/passwd", None),
    ],
)
def test_cell_has_a_value(parse, text, value):
    try:
        found = parse(text)
    except InvalidValue:
        found = None

    assert found == value


@pytest.mark.parametrize(
    ("parse", "text", "code"),
    [
        (values.parse_weight, "heavy", "not_a_weight"),
        (values.parse_weight, "3 stone", "not_a_weight"),
        (values.parse_weight, "9999999999", "too_large"),
        (values.parse_integer, "1.5", "not_an_integer"),
        (values.parse_integer, "--3", "not_a_number"),
        (values.parse_integer, "9999999999", "not_an_integer"),
        (values.parse_boolean, "maybe", "not_a_boolean"),
        (values.parse_status, "live", "unknown_status"),
        (values.parse_barcode, "4.00638E+12", "damaged_barcode"),
        (values.clean_text, "x" * 256, "too_long"),
        (values.parse_title, "a\nb", "invalid_name"),
        (values.parse_title, "!!!", "invalid_name"),
        (values.parse_description, "x" * 100_001, "too_long"),
        (values.parse_tags, ",".join(map(str, range(251))), "too_many_tags"),
    ],
)
def test_unusable_cell_is_refused(parse, text, code):
    with pytest.raises(InvalidValue) as refusal:
        parse(text)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        (" \t@SUM(1)", "' \t@SUM(1)"),
        ("-7 °C mug", "'-7 °C mug"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\rx", "'\rx"),
        ("'=1", "''=1"),
        ("'90s jeans", "'90s jeans"),
        ("'00123", "'00123"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_formula_is_escaped_and_nothing_else(text, cell):
    assert (escape_formula(text), unescape_formula(cell)) == (cell, text)
