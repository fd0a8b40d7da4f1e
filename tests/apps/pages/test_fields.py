"""Fields of forms: labels, values, messages."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.utils.datastructures import MultiValueDict

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from tests.apps.pages.html import Page


@pytest.fixture
def render():
    def render(arguments, **context):
        source = "{% load forms %}<form>{% field " + arguments + " %}</form>"
        with tenant_context(Tenant(code="acme", currency="EUR")):
            return Template(source).render(Context(context))

    return render


def page(html):
    return Page(HttpResponse(html))


def attributes(html, tag="input"):
    """Return the attributes of the last element of this name."""
    return [attrs for name, attrs in page(html).tags if name == tag][-1]


def test_label_is_that_of_the_field(render):
    html = render('"rows/0/price:money" "Price"')

    assert attributes(html, "label")["for"] == attributes(html)["id"] == "field-rows-0-price"
    assert attributes(html)["name"] == "rows/0/price:money"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("a/b", {"a": {"b": "x"}}, "x"),
        ("a/1", {"a": ["x", "y"]}, "y"),
        ("a/9", {"a": ["x"]}, ""),
        ("a/b", {"a": "text"}, ""),
        ("a:money", {"a": 2450}, "24.50"),
        ("a:money", {"a": "cheap"}, "cheap"),
        ("a:int", {"a": 0}, "0"),
        ("a:words", {"a": ["x", "y, z"]}, 'x, "y, z"'),
        ("a:words", {"a": [{"b": 1}]}, "{'b': 1}"),
        ("a:words", {"a": "x"}, "x"),
        ("a", {"a": None}, ""),
        ("a", {}, ""),
    ],
)
def test_value_is_that_at_the_pointer(render, name, value, text):
    html = render(f'"{name}" "A"', values=value)

    assert attributes(html)["value"] == text


def test_sent_value_comes_first(render):
    sent = MultiValueDict({"a:money": ["x", "cheap"]})

    assert attributes(render('"a:money" "A"', values={"a": 1}, sent=sent))["value"] == "cheap"
    assert attributes(render('"b" "B"', values={"b": "old"}, sent=sent))["value"] == ""


def test_password_is_never_shown(render):
    sent = MultiValueDict({"p": ["secret"]})

    html = render('"p" "P" kind="password"', values={"p": "secret"}, sent=sent)

    assert "secret" not in html


@pytest.mark.parametrize("kind", ["text", "textarea"])
def test_value_is_escaped(render, kind):
    html = render(f'"a" "A" kind="{kind}"', values={"a": '"><script>'})

    assert "<script" not in html


@pytest.mark.parametrize(
    ("sent", "is_checked"), [(None, True), (["", "true"], True), ([""], False)]
)
def test_checkbox_is_what_was_sent(render, sent, is_checked):
    context = {} if sent is None else {"sent": MultiValueDict({"a:bool": sent})}

    html = render('"a:bool" "A" kind="checkbox"', values={"a": True}, **context)

    assert ("checked" in attributes(html)) == is_checked


def test_choice_is_the_present_value(render):
    choices = [("a", "A"), ("b", "B")]

    html = render('"x" "X" kind="select" choices=choices', values={"x": "b"}, choices=choices)

    assert page(html).forms[0].values == {"x": "b"}


def test_present_value_that_is_no_choice_is_kept(render):
    choices = [("a", "A"), ("b", "B")]

    html = render('"x" "X" kind="select" choices=choices', values={"x": "c"}, choices=choices)

    assert page(html).forms[0].values == {"x": "c"}


@pytest.mark.parametrize("pointer", ["a", "a/0", "a/0/b"])
def test_message_stands_beside_its_field(render, pointer):
    html = render('"a" "A" hint="Hint."', errors={pointer: ["Wrong <b>."], "ab": ["Other."]})

    field = attributes(html)
    assert page(html).messages == ["Wrong <b>."]
    assert (field["aria-invalid"], field["aria-describedby"]) == ("true", "field-a-notes")


def test_valid_field_has_no_message(render):
    html = render('"a" "A"', errors={"": ["Wrong."], "b": ["Wrong."]})

    assert page(html).messages == []
    assert "aria-invalid" not in attributes(html)
