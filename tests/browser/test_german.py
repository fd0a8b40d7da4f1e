"""Pages in German, whose words are long, in a narrow window."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser import tour

WIDTH = 390
PAGES = {
    "home": "/",
    "collection": "/collections/clothes",
    "product": "/products/linen-shirt",
    "search": "/search?q=qqqq",
    "account": "/account",
    "password": "/account/password",
    "sessions": "/account/sessions",
    "overview": "/admin/",
    "products": "/admin/products",
    "new product": "/admin/products/new",
    "collections": "/admin/collections",
    "new collection": "/admin/collections/new",
    "imports": "/admin/imports",
    "people": "/admin/people",
    "customers": "/admin/customers",
    "settings": "/admin/settings",
    "look": "/admin/settings/look",
    "audit": "/admin/audit",
}


@pytest.fixture(scope="module")
def state(browser, acme) -> Any:
    """Return the state of a browser in which the owner of acme, in German by now, is logged in."""
    acme.change_language("de")
    page = tour.open_page(browser, locale="de-DE")
    page.goto(f"{acme.url}/account/login")
    email, password = acme.server.demo_log_ins[acme.host]
    page.get_by_label("E-Mail").fill(email)
    page.get_by_label("Passwort").fill(password)
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url("**/admin/")
    yield page.context.storage_state()
    page.context.close()
    acme.change_language("en")


_FIND_BROKEN = """() => [...document.querySelectorAll("main .badge, main .button")]
    .filter((element) => element.getBoundingClientRect().height > 60)
    .map((element) => element.textContent)
"""


@pytest.fixture(scope="module")
def findings(browser, acme, state):
    products = acme.server.get(acme.host, "/api/products/?code=linen-shirt").json()["results"]
    paths = PAGES | {"editor": f"/admin/products/{products[0]['id']}"}
    found = {}
    for name, path in paths.items():
        page = tour.open_page(browser, WIDTH, locale="de-DE", storage_state=state)
        found[name] = tour.visit(page, acme.url + path)
        assert page.locator("html").get_attribute("lang") == "de"
        assert page.evaluate(_FIND_BROKEN) == []
        page.context.close()
    return found


def not_empty(values):
    return {case: value for case, value in values.items() if value}


def test_german_pages_do_not_scroll_sideways(findings):
    assert not_empty({case: each.overflow for case, each in findings.items()}) == {}
