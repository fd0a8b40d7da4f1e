"""Errors are pages for people and problem details for programs."""

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import path

from apps.api.problems import problem_response
from tests.apps.api.assertions import problem
from tests.apps.pages.html import page_of

#: As Firefox and Chromium send it.
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PAGE_POLICY = "script-src 'self'"


def break_down(request):
    raise RuntimeError("a secret of the code")


def lose_the_database(request):
    raise OperationalError("a secret of the database")


def refuse(request, status):
    return problem_response(status, "refused", "Refused.", headers={"Retry-After": "7"})


urlpatterns = [
    *(path(prefix + "break", break_down) for prefix in ("", "api/", "media/", ".well-known/")),
    path("lost", lose_the_database),
    path("refused/<int:status>", refuse),
]
handler404 = "apps.api.problems.not_found"
handler500 = "apps.api.problems.server_error"


@pytest.fixture
def client(settings, acme, acme_client):
    """Acme's client, where views fail."""
    settings.SHOP_URLCONF = __name__
    acme_client.raise_request_exception = False
    return acme_client


@pytest.mark.parametrize(
    ("address", "status", "title"),
    [
        ("/break", 500, "Something went wrong"),
        ("/lost", 503, "Back in a moment"),
        ("/absent", 404, "This page does not exist"),
        ("/refused/403", 403, "This is not yours to see"),
        ("/refused/429", 429, "Too many requests at once"),
        ("/refused/503", 503, "Back in a moment"),
    ],
)
def test_browser_gets_a_page(client, address, status, title):
    response = client.get(address, HTTP_ACCEPT=BROWSER)

    page = page_of(response, status)
    assert page.one("h1").text == title
    assert page.one("title").text == f"{title} | Acme"
    assert page.one("meta", name="robots")["content"] == "noindex"
    assert PAGE_POLICY in response["Content-Security-Policy"]
    assert "secret" not in response.content.decode()


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/problem+json", ""])
@pytest.mark.parametrize(("address", "status"), [("/break", 500), ("/lost", 503), ("/absent", 404)])
def test_program_gets_problem_details(client, address, status, accept):
    problem(client.get(address, HTTP_ACCEPT=accept), status)


@pytest.mark.parametrize("folder", ["/api/", "/media/", "/.well-known/"])
@pytest.mark.parametrize(("name", "status"), [("break", 500), ("absent", 404)])
def test_addresses_of_programs_have_problem_details(client, folder, name, status):
    problem(client.get(folder + name, HTTP_ACCEPT=BROWSER), status)


@pytest.mark.parametrize("address", ["/livez", "/readyz"])
def test_probe_has_problem_details(client, address):
    response = client.post(address, HTTP_ACCEPT=BROWSER)

    problem(response, 405)


def test_page_keeps_the_headers_of_the_error(client):
    response = client.get("/refused/503", HTTP_ACCEPT=BROWSER)

    assert response["Retry-After"] == "7"
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert int(response["Content-Length"]) == len(response.content)


def test_page_is_in_the_look_of_the_shop(client):
    page = page_of(client.get("/absent", HTTP_ACCEPT=BROWSER), 404)

    addresses = [link["href"].partition("?")[0] for link in page.all("link")]
    assert addresses == [
        "/static/pages/tokens.css",
        "/static/pages/components.css",
        "/theme.css",
        "/favicon.svg",
    ]
    assert page.links() == ["/"]


@pytest.mark.parametrize("host", ["unknown.localhost:8000", "localhost:8000", "evil.example"])
def test_page_without_a_shop_names_none(db, host):
    response = Client(HTTP_HOST=host).get("/absent", HTTP_ACCEPT=BROWSER)

    page = page_of(response, 404)
    assert page.one("title").text == "This page does not exist"
    assert not [link for link in page.all("link") if link["href"] == "/theme.css"]


def test_head_of_an_absent_page_has_no_body(client):
    response = client.head("/absent", HTTP_ACCEPT=BROWSER)

    assert (response.status_code, response.content) == (404, b"")


def test_malformed_address_is_a_page(client):
    page_of(client.get("/%00%ff", HTTP_ACCEPT=BROWSER), 404)


@pytest.mark.parametrize("status", [400, 405])
def test_error_of_the_request_is_not_called_ours(client, status):
    page = page_of(client.get(f"/refused/{status}", HTTP_ACCEPT=BROWSER), status)

    assert page.one("h1").text == "This did not work"
    assert "ours" not in page.text


def test_answer_varies_by_what_the_client_accepts(client):
    for accept in (BROWSER, "application/json"):
        assert "Accept" in client.get("/absent", HTTP_ACCEPT=accept).headers["Vary"]
