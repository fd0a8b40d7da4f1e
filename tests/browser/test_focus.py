"""The Tab key reaches all that can be used, in every page, and shows where it is."""

from __future__ import annotations

import pytest

from tests.browser import pages, tour
from tests.browser.focus import walk


@pytest.fixture(scope="module")
def walks(browser, acme, closed_shop, style_url, owner_state):
    of_all = (
        pages.urls(acme, pages.STOREFRONT | pages.STOREFRONT_STATES | pages.ABSENT | pages.LOG_IN)
        | pages.urls(closed_shop, pages.CLOSED)
        | pages.front_door_urls(acme.server, pages.FRONT_DOOR | pages.FRONT_DOOR_STATES)
        | {"style": style_url}
    )
    own = pages.urls(acme, pages.OFFICE | pages.ACCOUNT)
    found = {}
    for urls, state in ((of_all, None), (own, owner_state)):
        for name, url in urls.items():
            for width in tour.WIDTHS:
                page = tour.open_page(browser, width, storage_state=state)
                page.goto(url)
                found[f"{name} {width}"] = walk(page)
                page.context.close()
    return found


def not_empty(values):
    return {case: value for case, value in values.items() if value}


def test_tab_reaches_everything(walks):
    assert all(each.stops for each in walks.values())
    assert not_empty({case: each.missed for case, each in walks.items()}) == {}


def test_focus_is_marked_and_in_sight_at_every_stop(walks):
    assert not_empty({case: each.unmarked for case, each in walks.items()}) == {}
    assert not_empty({case: each.covered for case, each in walks.items()}) == {}


def test_order_is_that_of_the_page(walks):
    assert not_empty({case: each.out_of_order for case, each in walks.items()}) == {}


def test_focus_leaves_every_page(walks):
    assert [case for case, each in walks.items() if not each.is_closed] == []


_NAMES = """
    const link = document.querySelector(".value");
    const cover = document.createElement("div");
    cover.style.cssText = "position: fixed; inset: 0; z-index: 99";
"""


@pytest.mark.parametrize(
    ("harm", "finding"),
    [
        ("link.tabIndex = -1", "missed"),
        ("link.addEventListener('focus', () => link.blur())", "missed"),
        ("link.style.outline = 'none'", "unmarked"),
        ("link.style.cssText = 'position: fixed; left: -9999px'", "covered"),
        ("document.body.append(cover)", "covered"),
        ("link.tabIndex = 1", "out_of_order"),
    ],
)
def test_control_harm_to_a_page_is_found(new_page, acme, harm, finding):
    page = new_page()
    page.goto(f"{acme.url}/products/linen-shirt")
    page.evaluate(f"() => {{ {_NAMES} {harm} }}")

    assert getattr(walk(page), finding)


def test_control_trap_is_found(new_page, acme):
    page = new_page()
    page.goto(f"{acme.url}/products/linen-shirt")
    page.evaluate(
        "document.querySelector('.value').addEventListener('keydown', (e) => e.preventDefault())"
    )

    found = walk(page)

    assert not found.is_closed
    assert found.missed


def test_group_of_radio_buttons_is_one_stop(new_page, acme):
    page = new_page()
    page.goto(f"{acme.url}/products/linen-shirt")
    page.evaluate("""() => {
        const form = document.createElement("form");
        const button = '<input type="radio" name="size" aria-label="Size">';
        form.innerHTML = button + button + button;
        document.querySelector("main").append(form);
    }""")

    found = walk(page)

    assert found.stops.count("INPUT Size") == 1
    assert found.missed == found.unmarked == []
