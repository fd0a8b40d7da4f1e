"""Pages in German, whose words are long, in a narrow window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser import pages, tour
from tests.browser.shops import DemoShop

WIDTH = 390
PATHS = {**pages.STOREFRONT, "search": "/search?q=qqqq", **pages.ACCOUNT, **pages.OFFICE}


@pytest.fixture(scope="module")
def shop(acme) -> Iterator[DemoShop]:
    """Acme, whose language is German meanwhile."""
    acme.change_language("de")
    yield acme
    acme.change_language("en")


_FIND_BROKEN = """() => [...document.querySelectorAll("main .badge, main .button")]
    .filter((element) => element.getBoundingClientRect().height > 60)
    .map((element) => element.textContent)
"""


@pytest.fixture(scope="module")
def findings(browser, shop, owner_state):
    found = {}
    for name, url in pages.urls(shop, PATHS).items():
        page = tour.open_page(browser, WIDTH, locale="de-DE", storage_state=owner_state)
        found[name] = tour.visit(page, url)
        assert page.locator("html").get_attribute("lang") == "de"
        assert page.evaluate(_FIND_BROKEN) == []
        page.context.close()
    return found


def not_empty(values):
    return {case: value for case, value in values.items() if value}


def test_german_pages_do_not_scroll_sideways(findings):
    assert not_empty({case: each.overflow for case, each in findings.items()}) == {}
