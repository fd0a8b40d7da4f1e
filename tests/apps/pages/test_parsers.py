"""Forms of pages as the JSON of the API."""

from __future__ import annotations

import pytest
from django.core.exceptions import BadRequest
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.pages.parsers import MAX_FIELDS, form_data, form_of, minor_units
from apps.pages.templatetags.forms import as_text
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from tests.apps.users.support import FORM

SHOPS = {code: Tenant(code="acme", currency=code) for code in ("EUR", "KWD", "JPY")}


def parsed(**fields):
    """Return the data of fields, each with one value or a list."""
    lists = {name: each if isinstance(each, list) else [each] for name, each in fields.items()}
    return form_data(MultiValueDict(lists))


def amount(text, currency="EUR"):
    with tenant_context(SHOPS[currency]):
        return minor_units(text)


def form(body):
    return form_of(RequestFactory().post("/", body, content_type=FORM))


@pytest.mark.parametrize(
    ("fields", "data"),
    [
        ({"name": "Mug"}, {"name": "Mug"}),
        ({"a/b/c": "x", "a/d": "y"}, {"a": {"b": {"c": "x"}, "d": "y"}}),
        ({"rows/1/n": "b", "rows/0/n": "a"}, {"rows": [{"n": "a"}, {"n": "b"}]}),
        ({"rows/10": "b", "rows/9": "a"}, {"rows": ["a", "b"]}),
        ({"n:int": "12"}, {"n": 12}),
        ({"n:int": " "}, {"n": None}),
        ({"n:int": "1.5"}, {"n": "1.5"}),
        ({"n:int": "many"}, {"n": "many"}),
        ({"b:bool": ["", "true"]}, {"b": True}),
        ({"b:bool": [""]}, {"b": False}),
        ({"l:list": ["x", "", "y"]}, {"l": ["x", "y"]}),
        ({"w:words": " red, , blue "}, {"w": ["red", "blue"]}),
        ({"w:words": 'red, "dark, blue", 5" wide'}, {"w": ["red", "dark, blue", '5" wide']}),
        ({"text": "a\r\nb"}, {"text": "a\nb"}),
        ({"_do": "save", "name": "Mug"}, {"name": "Mug"}),
    ],
)
def test_form_data_has_the_types_of_names(fields, data):
    assert parsed(**fields) == data


@pytest.mark.parametrize("number", ["sNaN", "NaN", "Infinity", "1e999999999", "9" * 5000, "-1e16"])
def test_number_that_cannot_be_stored_stays_text(number):
    assert parsed(**{"n:int": number}) == {"n": number}


@pytest.mark.parametrize(
    "name", ["0", "\N{SUPERSCRIPT TWO}", "a/\N{SUPERSCRIPT TWO}", "a/" + "1" * 5000, "a/b/", "/"]
)
def test_data_is_an_object_whatever_the_names(name):
    assert isinstance(parsed(**{name: "x"}), dict)


@pytest.mark.parametrize("fields", [{"a": "x", "a/b": "y"}, {"a/b": "y", "a": "x"}])
def test_value_and_object_of_one_name_are_no_error(fields):
    assert parsed(**fields)["a"] in ("x", {"b": "y"})


def test_deep_name_is_a_bad_request():
    with pytest.raises(BadRequest):
        parsed(**{"a/" * 50_000 + "a": "x"})


@pytest.mark.parametrize(
    ("text", "euros", "dinars", "yen"),
    [
        ("24.5", 2450, 24500, "24.5"),
        ("24,50", 2450, 24500, "24,50"),
        ("1.234,50", 123450, 1234500, "1.234,50"),
        ("1,234.50", 123450, 1234500, "1,234.50"),
        ("1234", 123400, 1234000, 1234),
        ("1 234,5", 123450, 1234500, "1 234,5"),
        (
            "1\N{NO-BREAK SPACE}234\N{RIGHT SINGLE QUOTATION MARK}567",
            123456700,
            1234567000,
            1234567,
        ),
        ("1.234", 123400, 1234, 1234),
        ("1.234.567", 123456700, 1234567000, 1234567),
        ("1,234.567", "1,234.567", 1234567, "1,234.567"),
        ("1.234,567", "1.234,567", 1234567, "1.234,567"),
        ("1,23,456.5", 12345650, 123456500, "1,23,456.5"),
        ("1,234,5", "1,234,5", "1,234,5", "1,234,5"),
        ("0.500", "0.500", 500, "0.500"),
        ("1.2.3", "1.2.3", "1.2.3", "1.2.3"),
        ("1,2,345", "1,2,345", "1,2,345", "1,2,345"),
        ("12,34.5", "12,34.5", "12,34.5", "12,34.5"),
        (".5", 50, 500, ".5"),
        ("5.", 500, 5000, 5),
        ("0.00", 0, 0, "0.00"),
        ("", None, None, None),
        (" ", None, None, None),
        (".", ".", ".", "."),
        ("abc", "abc", "abc", "abc"),
        ("-5", "-5", "-5", "-5"),
        ("1e5", "1e5", "1e5", "1e5"),
        ("24.999", 2499900, 24999, 24999),
        ("24.5555", "24.5555", "24.5555", "24.5555"),
        ("\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}",) * 4,
        ("\N{ARABIC-INDIC DIGIT ONE}",) * 4,
    ],
)
def test_amount_is_read_in_the_currency_of_the_shop(text, euros, dinars, yen):
    assert [amount(text, code) for code in SHOPS] == [euros, dinars, yen]


def test_amount_with_too_many_digits_stays_text():
    assert amount("9" * 5000) == "9" * 5000


@pytest.mark.parametrize("currency", [*SHOPS])
@given(number=st.integers(0, 10**12))
@settings(max_examples=50, deadline=None, suppress_health_check=[*HealthCheck])
def test_amount_that_is_shown_is_read_as_the_same(currency, number):
    with tenant_context(SHOPS[currency]):
        assert minor_units(as_text(number, "money")) == number


@given(words=st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)))
@settings(max_examples=100, deadline=None)
def test_words_that_are_shown_are_read_as_the_same(words):
    assert parsed(**{"w:words": as_text(words, "words")}) == {"w": words}


@given(body=st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_body_is_read_or_a_bad_request(body):
    try:
        data = form_data(form(body))
    except BadRequest:
        return
    assert isinstance(data, dict)


def test_form_keeps_all_values_of_a_name_and_empty_ones():
    assert dict(form("a=1&a=2&b=&c=%C3%A9+x").lists()) == {
        "a": ["1", "2"],
        "b": [""],
        "c": ["é x"],
    }


@pytest.mark.parametrize("body", [b"a=%ff", b"a=\xff", b"%ed%a0%80=1"])
def test_form_of_bad_utf_8_is_a_bad_request(body):
    with pytest.raises(BadRequest):
        form(body)


def test_form_with_too_many_fields_is_a_bad_request():
    assert len(form("&".join(f"{n}=" for n in range(MAX_FIELDS)))) == MAX_FIELDS

    with pytest.raises(BadRequest):
        form("&".join(f"{n}=" for n in range(MAX_FIELDS + 1)))
