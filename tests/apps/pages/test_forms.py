"""Who may send the forms of pages."""

from __future__ import annotations

import pytest
from django.urls import get_resolver

from tests.surface import routes_of, takes_form

URLCONFS = ("multitenant.urls_shop", "multitenant.urls_platform")
FORMS = [
    (urlconf, path)
    for urlconf in URLCONFS
    for path, view in routes_of(urlconf)
    if takes_form(view) and "{" not in path
]
HOSTS = {
    "multitenant.urls_shop": "acme.localhost:8000",
    "multitenant.urls_platform": "localhost:8000",
}


def test_there_are_forms():
    assert ("multitenant.urls_shop", "/account/login") in FORMS
    assert get_resolver(URLCONFS[0])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "none"},
        {"HTTP_SEC_FETCH_SITE": "same-site", "HTTP_ORIGIN": "http://acme.localhost:8000"},
        {"HTTP_ORIGIN": "http://globex.localhost:8000"},
        {"HTTP_ORIGIN": "null"},
    ],
)
def test_form_of_another_origin_is_refused(acme, client, headers):
    for urlconf, path in FORMS:
        response = client.post(path, {}, HTTP_HOST=HOSTS[urlconf], **headers)
        assert (path, response.status_code) == (path, 403)
        assert response.json()["code"] == "cross_origin"


@pytest.mark.parametrize(
    "headers",
    [{"HTTP_SEC_FETCH_SITE": "same-origin"}, {"HTTP_ORIGIN": "http://acme.localhost:8000"}],
)
def test_form_of_the_same_origin_is_taken(acme, client, headers):
    response = client.post(
        "/account/login",
        "email=a%40b.example&password=x",
        content_type="application/x-www-form-urlencoded",
        HTTP_HOST="acme.localhost:8000",
        **headers,
    )

    assert response.status_code == 200
    assert b"No active account" in response.content
