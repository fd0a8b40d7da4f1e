"""The language of pages that is that of their reader."""

from __future__ import annotations

import pytest

from apps.tenants.context import tenant_context
from apps.users.models import User
from tests.apps.pages.html import page_of
from tests.apps.products.factories import make_product
from tests.apps.products.imports.files import SIMPLE, import_rows
from tests.apps.users.factories import PASSWORD

FORM = "application/x-www-form-urlencoded"
PAGES = [
    *("/", "/products", "/products/new", "/collections", "/collections/new", "/imports"),
    *("/people", "/customers", "/settings", "/settings/look", "/audit"),
]


@pytest.fixture
def send(acme_client, owner):
    """Post a form as the owner of acme, who has logged in."""

    def send(path, body, **headers):
        origin = f"http://{acme_client.host}"
        return acme_client.post(path, body, content_type=FORM, HTTP_ORIGIN=origin, **headers)

    response = send("/account/login", f"email=owner@acme.example&password={PASSWORD}")
    assert response.status_code == 303
    return send


@pytest.fixture
def visit(acme_client, send):
    def visit(path, language):
        return acme_client.get(
            f"/admin{path}", HTTP_ACCEPT_LANGUAGE=language, HTTP_ACCEPT="text/html"
        )

    return visit


@pytest.mark.parametrize(
    ("header", "language", "title"),
    [
        ("de", "de", "Produkte"),
        ("de-CH,de;q=0.9,en;q=0.8", "de", "Produkte"),
        ("es-MX,en;q=0.5", "es", "Productos"),
        ("fr", "en", "Products"),
        ("fr,es;q=0.3", "es", "Productos"),
    ],
)
def test_back_office_is_in_the_language_of_its_reader(visit, header, language, title):
    response = visit("/products", header)

    page = page_of(response)
    assert page.one("html")["lang"] == response["Content-Language"] == language
    assert page.one("h1").text == title


@pytest.mark.parametrize("path", PAGES)
def test_back_office_shows_no_english_text_in_german_that_has_a_translation(visit, path):
    english, german = (page_of(visit(path, language)) for language in ("en", "de"))

    assert titles(english)
    assert titles(english) & titles(german) <= {"Logo", "Team"}


def titles(page):
    tags = ("h1", "h2", "th", "label", "button", "option")
    texts = {each.text for tag in tags for each in page.all(tag)}
    kept = {text for text in texts if len(text) > 3 and text.islower() is False and "." not in text}
    return (
        kept
        - {"Name", "Status", "Import", "Acme", "Person", "Link", "Modern", "System"}
        - {*("English", "Deutsch", "Español", "Français", "Italiano", "Option")}
    )


def test_labels_of_choices_are_translated(visit, owner):
    with tenant_context(owner.tenant):
        make_product("mug")
        User.objects.create(email="kim@acme.example", role="staff")

    products = page_of(visit("/products", "de"))
    people = page_of(visit("/people", "de"))
    look = page_of(visit("/settings/look", "de"))

    tabs = [each.text for each in products.with_class("tabs")[0].all("a")]
    assert tabs == ["Alle", "Entwurf", "Aktiv", "Archiviert"]
    assert {"Inhaber", "Leitung", "Mitarbeit"} <= {each.text for each in people.all("option")}
    assert {"Automatisch", "Klassisch", "Eckig"} <= {each.text for each in look.all("option")}


def test_audit_log_names_actions_in_the_language_of_its_reader(visit):
    page = page_of(visit("/audit", "de"))

    assert "Angemeldet" in {each.text for each in page.all("td")}
    options = [each.text for each in page.one("select", name="action").all("option")]
    assert {"Angemeldet", "Produkt angelegt", "Shop eröffnet"} < set(options)
    assert options == sorted(options, key=lambda text: (text != "—", text))


@pytest.mark.parametrize(
    ("language", "details"),
    [
        ("de", ["„x“ ist kein Preis.", "Alle Varianten dieses Produkts sind abgewiesen."]),
        ("es", ["«x» no es un precio.", "Todas las variantes de este producto están rechazadas."]),
    ],
)
def test_report_of_an_import_is_in_the_language_of_its_reader(
    visit, acme_client, owner, language, details
):
    with tenant_context(owner.tenant):
        done = import_rows(SIMPLE, "pot,Pot,x")

    page = page_of(visit(f"/imports/{done.pk}", language))
    answer = acme_client.as_(owner).get(f"/api/imports/{done.pk}/", HTTP_ACCEPT_LANGUAGE=language)

    assert set(details) < {each.text for each in page.all("td")}
    assert [error["detail"] for error in answer.json()["errors"]] == [
        "“x” is not a price.",
        "All variants of this product are refused.",
    ]


def test_errors_of_forms_are_in_the_language_of_the_reader(send):
    response = send(
        "/admin/settings", "name=&currency=XXX&language=de&_do=save", HTTP_ACCEPT_LANGUAGE="de"
    )

    errors = [each.text for each in page_of(response).with_class("error")]
    assert "Dieses Feld darf nicht leer sein." in errors
    assert "Eine Währung nach ISO 4217, etwa EUR." in errors


def test_errors_of_the_look_are_in_the_language_of_the_reader(send):
    response = send("/admin/settings/look", "accent=green", HTTP_ACCEPT_LANGUAGE="de")

    assert "Eine Farbe wie #2f6f4f." in page_of(response).text


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (f"search={'x' * 101}", "Höchstens 100 Zeichen und 8 Wörter."),
        ("cursor=lost", "Diese Stelle der Liste gibt es nicht."),
    ],
)
def test_errors_of_lists_are_in_the_language_of_the_reader(visit, query, text):
    assert text in page_of(visit(f"/customers?{query}", "de")).text


def test_errors_of_products_are_in_the_language_of_the_reader(send, owner):
    with tenant_context(owner.tenant):
        make_product("mug")
    body = "name=Mug&code=mug&status=draft&variants/0/price:money=x&variants/0/stock:int=0&_do=save"

    response = send("/admin/products/new", body, HTTP_ACCEPT_LANGUAGE="es")

    errors = [each.text for each in page_of(response).with_class("error")]
    assert errors == ["Escriba un precio como 24.00.", "Esta dirección ya está en uso."]
