"""The other pages of the platform's host, and the languages of all of them."""

from __future__ import annotations

import pytest

from tests.apps.frontdoor.forms import get, open_shop, send
from tests.apps.users.support import everything_of, mails_to, person
from tests.conftest import PLATFORM

pytestmark = pytest.mark.django_db

EMAIL = "ann@example.com"


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_found_shops_are_mailed_and_the_page_does_not_tell(acme):
    person(acme, EMAIL)

    known, unknown = (send("/find-shops", {"email": each}) for each in (EMAIL, "no@example.com"))

    assert (known.status_code, known.headers["Location"]) == (303, "/find-shops?done=mailed")
    assert everything_of(known) == everything_of(unknown)
    [message] = mails_to(EMAIL)
    assert acme.canonical_url in str(message.body)
    assert mails_to("no@example.com") == []
    assert b"If a shop knows this address" in get(PLATFORM, known.headers["Location"]).content


def test_invalid_address_is_kept_with_its_error():
    page = send("/find-shops", {"email": "ann"}).content.decode()

    assert 'value="ann"' in page
    assert 'class="error"' in page


def test_unknown_notice_is_not_shown():
    assert b"notice" not in get(PLATFORM, "/find-shops?done=<script>").content


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("es-MX", "es"),
        ("fr,es;q=0.4,de;q=0.6", "de"),
        ("fr", "en"),
        ("*", "en"),
        ("de;q=0,es", "es"),
        ("ES", "es"),
        ("x" * 10_000, "en"),
        ("\x00,;q=", "en"),
    ],
)
def test_language_is_the_first_of_ours_that_the_reader_accepts(accepted, language):
    response = get(PLATFORM, "/", HTTP_ACCEPT_LANGUAGE=accepted)

    assert f'<html lang="{language}">'.encode() in response.content
    assert response.headers["Content-Language"] == language
    assert "Accept-Language" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("language", "heading"),
    [("de", "Ihr eigener Shop"), ("es", "Su propia tienda, bajo un buen")],
)
def test_page_and_its_errors_are_translated(language, heading):
    headers = {"HTTP_ACCEPT_LANGUAGE": language}

    assert heading in get(PLATFORM, "/", **headers).content.decode()
    refused = open_shop(**{"owner/email": "kim"}, **headers).content.decode()
    assert "Enter a valid" not in refused


def test_error_page_is_in_the_language_of_the_reader():
    headers = {"HTTP_ACCEPT_LANGUAGE": "es", "HTTP_ACCEPT": "text/html"}

    response = get(PLATFORM, "/nowhere", **headers)

    assert response.status_code == 404
    assert b'<html lang="es">' in response.content
    assert b'href="/favicon.svg"' in response.content
    unknown = get(f"unknown.{PLATFORM}", "/nowhere", **headers)
    assert unknown.status_code == 404
    assert b"favicon" not in unknown.content


def test_favicon_and_robots():
    icon, robots = get(PLATFORM, "/favicon.svg"), get(PLATFORM, "/robots.txt")

    assert (icon.headers["Content-Type"], icon.content[:4]) == ("image/svg+xml", b"<svg")
    assert robots.headers["Content-Type"] == "text/plain"
    assert robots.content == b"User-agent: *\nDisallow: /api/\n"
