"""The language of the texts of a storefront, and that of its numbers."""

from __future__ import annotations

import pytest

from apps.tenants.context import tenant_context
from tests.apps.pages.html import page_of
from tests.apps.products.factories import make_product


@pytest.fixture
def mug(shop):
    with tenant_context(shop):
        return make_product("mug", price=2400, stock=3)


def send(client, path, body):
    return client.post(
        path,
        body,
        content_type="application/x-www-form-urlencoded",
        HTTP_ORIGIN=f"http://{client.host}",
        HTTP_ACCEPT="text/html",
    )


@pytest.mark.parametrize(
    ("language", "link", "price"),
    [
        ("de", "Alle Produkte", "24,00\xa0€"),
        ("es", "Todos los productos", "24,00\xa0€"),
        ("es-mx", "Todos los productos", "EUR\xa024.00"),
        ("en", "All products", "€24.00"),
        ("en-gb", "All products", "€24.00"),
    ],
)
def test_texts_and_prices_are_in_the_language_of_the_shop(
    mug, change_shop, acme_client, language, link, price
):
    change_shop(language=language)

    response = acme_client.get("/", HTTP_ACCEPT="text/html")

    page = page_of(response)
    assert page.one("html")["lang"] == response["Content-Language"] == language
    assert link in {each.text for each in page.all("a")}
    assert [each.text for each in page.with_class("price")] == [" ".join(price.split())]


def test_shop_of_a_language_without_translations_has_english_texts(mug, change_shop, acme_client):
    change_shop(language="fr")

    response = acme_client.get("/products/mug", HTTP_ACCEPT="text/html")

    page = page_of(response)
    assert page.one("html")["lang"] == response["Content-Language"] == "en"
    assert [each.text for each in page.with_class("price")] == ["24,00 €"]
    assert page.one("p", role="status").text == "In stock"


def test_texts_of_django_are_not_in_another_language_than_the_page(change_shop, acme_client):
    change_shop(language="fr")

    page = page_of(send(acme_client, "/account/login", "email=&password="))

    errors = [each.text for each in page.with_class("error")]
    assert errors == ["This field may not be blank.", "This field may not be blank."]


def test_page_of_an_error_is_in_the_language_of_the_shop(change_shop, acme_client):
    change_shop(language="de")

    page = page_of(acme_client.get("/products/absent", HTTP_ACCEPT="text/html"), 404)

    assert page.one("html")["lang"] == "de"
    assert page.one("h1").text == "Diese Seite gibt es nicht"


def test_page_of_an_error_has_english_texts_without_translations(change_shop, acme_client):
    change_shop(language="fr")

    page = page_of(acme_client.get("/products/absent", HTTP_ACCEPT="text/html"), 404)

    assert page.one("html")["lang"] == "en"
    assert page.one("h1").text == "This page does not exist"


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        ("login", "email=a%40b.example&password=x", "Kein aktives Konto hat diese E-Mail-Adresse"),
        ("register", "first_name=A&email=a", "Das ist keine gültige E-Mail-Adresse."),
        ("register", "first_name=www.x&email=a%40b.example", "Keine Adressen, Links, < oder >."),
    ],
)
def test_errors_of_forms_are_in_the_language_of_the_page(
    change_shop, acme_client, path, body, text
):
    change_shop(language="de")

    page = page_of(send(acme_client, f"/account/{path}", body))

    assert text in page.text


def test_link_that_is_invalid_is_refused_in_the_language_of_the_page(change_shop, acme_client):
    change_shop(language="es")

    page = page_of(send(acme_client, "/reset-password", "token=x&password=correct+horse"))

    assert "Este enlace no es válido o ha caducado." in page.text


def test_api_stays_english_whatever_the_shop_and_the_client_prefer(change_shop, acme_client):
    change_shop(language="de")
    german = {"HTTP_ACCEPT_LANGUAGE": "de"}
    page = send(acme_client, "/account/login", "email=a%40b.example&password=x")
    assert "Kein aktives Konto" in page.content.decode()

    refused = acme_client.post(
        "/api/auth/login/", {"email": "a@b.example", "password": "x"}, **german
    )
    invalid = acme_client.post("/api/auth/login/", {"email": ""}, **german)
    absent = acme_client.get("/api/products/absent/", **german)

    assert refused.json()["detail"] == "No active account has this e-mail and password."
    assert {error["detail"] for error in invalid.json()["errors"]} == {
        "This field may not be blank.",
        "This field is required.",
    }
    assert absent.json()["detail"] in {"Not found.", "No Product matches the given query."}
    assert "Content-Language" not in refused
