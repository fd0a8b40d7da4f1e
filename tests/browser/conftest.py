"""A server with a shop that is open and one that is not, and a Chromium that visits them.

The fixtures end with this folder: while Playwright runs, Django's ORM refuses to work.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.apps.products.images.pictures import picture
from tests.browser.shops import LONG, SHIRT, DemoShop
from tests.browser.tour import TIMEOUT, log_in, open_page
from tests.processes import Server, new_folder, serving

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.localhost 127.0.0.1",
]


@pytest.fixture(scope="package")
def chromium() -> str:
    """The path of Chromium; without one, tests are skipped, but never in CI."""
    path = shutil.which("chromium")
    if path is None:
        reason = "Chromium is not installed: apt-get install chromium"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return path


@pytest.fixture(scope="package")
def server(chromium: str) -> Iterator[Server]:
    with new_folder() as folder, serving(folder, DEMO=1, JOB_WORKERS=1) as server:
        yield server


@pytest.fixture(scope="package")
def acme(server: Server) -> DemoShop:
    """An open shop with a featured collection, pictures, options and a very long name."""
    shop = DemoShop(server, "acme")
    shop.change_look(
        is_open=True,
        tagline="Things that last",
        announcement="Free shipping this week",
        footer="Acme Ltd.\nMain Street 1",
    )
    long = shop.add_product({"name": LONG, "code": "long", "status": "active", "vendor": LONG})
    shirt = shop.add_product(SHIRT)
    for color in ("red", "blue"):
        shop.add_picture(shirt, picture(color=color))
    shop.fill_collection("featured", shirt, long)
    collection = shop.fill_collection("clothes", shirt, long)
    shop.ids = {"product": shirt, "collection": collection, "import": shop.try_import()}
    return shop


@pytest.fixture(scope="package")
def closed_shop(server: Server) -> DemoShop:
    shop = DemoShop(server, "globex")
    shop.change_look(is_open=False)
    return shop


@pytest.fixture(scope="package")
def style_url(chromium: str) -> Iterator[str]:
    """The page of all components, of a server in debug mode."""
    with new_folder() as folder, serving(folder, DEBUG=1, DEMO=0) as server:
        yield f"http://localhost:{server.port}/_style/"


@pytest.fixture(scope="package")
def playwright(chromium: str) -> Iterator[Playwright]:
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(chromium: str, playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def owner_state(browser: Browser, acme: DemoShop) -> Any:
    """The state of a browser in which the owner of acme is logged in."""
    page = open_page(browser)
    log_in(page, acme.url, acme.email, acme.password)
    state = page.context.storage_state()
    page.context.close()
    return state


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages that the end of the test closes; see `open_page`."""
    pages: list[Page] = []

    def new_page(**options: Any) -> Page:
        pages.append(open_page(browser, **options))
        return pages[-1]

    yield new_page
    for page in pages:
        page.context.close()
