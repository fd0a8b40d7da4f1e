"""The page of an error, where a browser asks for one."""

from __future__ import annotations

import pytest

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from tests.apps.pages.html import Page
from tests.apps.users.support import Browser


def language_of(response):
    return dict(Page(response).tags)["html"]["lang"]


def test_error_is_a_page_for_browsers_and_a_problem_for_programs(acme):
    browser = Browser(acme)

    page = browser.get("/none", HTTP_ACCEPT="text/html,*/*")
    problem = browser.get("/none", HTTP_ACCEPT="application/json")

    assert (page.status_code, problem.status_code) == (404, 404)
    assert Page(page).texts("h1") == ["This page does not exist"]
    assert problem.json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("path", "host"), [("/none", "acme.localhost:8000"), ("/none", "none.localhost:8000")]
)
def test_page_has_a_language(acme, client, path, host):
    response = client.get(path, HTTP_HOST=host, HTTP_ACCEPT="text/html")

    assert (response.status_code, language_of(response)) == (404, "en")


def test_page_is_in_the_language_of_the_shop(acme):
    with tenant_context(acme):
        Tenant.objects.filter(pk=acme.pk).update(language="de")

    assert language_of(Browser(acme).get("/none", HTTP_ACCEPT="text/html")) == "de"


def test_wrong_request_is_not_called_a_fault_of_ours(acme):
    response = Browser(acme).get("/account/logout", HTTP_ACCEPT="text/html")

    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert b"fault is ours" not in response.content
