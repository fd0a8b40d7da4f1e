"""A page of one shop attacks another shop, with the cookie that the browser has of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import ARGUMENTS
from tests.browser.tour import TIMEOUT, log_in
from tests.processes import Server, new_folder, serving, until

ATTACKS = (Path(__file__).parent / "siblings/attacks.js").read_text()
SETTINGS = "tests.browser.siblings.settings"
ACME, GLOBEX = "acme.galleria.test", "globex.galleria.test"
NAME = "Acme Ceramics"
#: Milliseconds after which an attack has reached the server.
PAUSE = 400


@pytest.fixture(scope="module")
def browser(chromium: str, playwright: Any) -> Iterator[Browser]:
    hosts = "--host-resolver-rules=MAP *.galleria.test 127.0.0.1"
    browser = playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS[:-1], hosts])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with new_folder() as folder, serve(folder) as server:
        yield server


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    context.set_default_timeout(TIMEOUT)
    yield context
    context.close()


def serve(folder: Path, **variables: Any) -> Any:
    return serving(folder, DEMO=1, DJANGO_SETTINGS_MODULE=SETTINGS, **variables)


def office_of(context: BrowserContext, server: Server) -> Page:
    """Return a page of the office of acme, whose owner has logged in."""
    page = context.new_page()
    log_in(page, f"http://{ACME}:{server.port}", *server.demo_log_ins[ACME])
    return page


def attacking_page(context: BrowserContext, server: Server) -> Page:
    """Return a page at the address of globex that does what the attacker wants."""
    page = context.new_page()
    address = f"http://{GLOBEX}:{server.port}/"
    html = "<!doctype html><meta charset=utf-8><title>Attack</title><body>"
    page.route(address, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(address)
    return page


def name_of(server: Server) -> str:
    return str(server.get(ACME, "/api/shop/").json()["name"])


def attack(server: Server, context: BrowserContext) -> dict[str, str]:
    """Run each attack in a new page; return the name of the shop after it."""
    target = f"http://{ACME}:{server.port}"
    first = attacking_page(context, server)
    kinds = first.evaluate(f"Object.keys({ATTACKS}({target!r}))")
    names = {}
    for kind in kinds:
        page = attacking_page(context, server)
        page.evaluate(f"void ({ATTACKS}({target!r})[{kind!r}])()")
        page.wait_for_timeout(PAUSE)
        names[kind] = name_of(server)
        for other in context.pages[2:]:
            other.close()
    return names


def test_page_of_another_shop_writes_nothing(server, context):
    office = office_of(context, server)

    names = attack(server, context)

    assert len(names) >= 30
    assert {kind: name for kind, name in names.items() if name != NAME} == {}
    office.goto(f"http://{ACME}:{server.port}/admin/settings")
    office.get_by_label("Name of the shop").fill("Acme renamed")
    office.get_by_role("button", name="Save").click()
    until(lambda: name_of(server) == "Acme renamed")


def test_control_without_the_check_it_writes(context):
    """The control: the same attacks on a server that takes forms of all origins."""
    with new_folder() as folder, serve(folder, ORIGINS_UNCHECKED=1) as server:
        office_of(context, server)

        names = attack(server, context)

    assert "Stolen" in names.values()


def test_log_in_of_one_shop_is_none_at_another(server, context):
    office = office_of(context, server)

    office.goto(f"http://{GLOBEX}:{server.port}/admin/")

    assert office.url.startswith(f"http://{GLOBEX}:{server.port}/account/login")
    assert {cookie["domain"] for cookie in context.cookies()} == {ACME}
