"""The keyboard reaches and shows everything."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.tour import accessibility_of

_FOCUS = """() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const text = element.getAttribute("aria-label") || element.textContent || element.name || "";
    return {
        name: text.trim(),
        tag: element.tagName, outline: style.outlineStyle, width: parseFloat(style.outlineWidth),
        isShown: box.width > 1 && box.height > 1 && box.right > 0 && box.bottom > 0,
    };
}
"""


@pytest.fixture
def page(new_page, acme):
    page = new_page()
    page.goto(acme.url)
    return page


def tab_through(page, limit=60):
    """Return what each press of Tab focuses, until it leaves the page."""
    stops = []
    for _ in range(limit):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(_FOCUS))
        if stops[-1]["tag"] == "BODY":
            return stops[:-1]
    return stops


def test_skip_link_comes_first_and_leads_to_the_content(page):
    page.keyboard.press("Tab")
    first = page.evaluate(_FOCUS)
    page.keyboard.press("Enter")

    assert (first["name"], first["isShown"]) == ("Skip to the content", True)
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("path", ["/", "/collections", "/products/linen-shirt"])
def test_focus_is_visible_at_every_stop(page, acme, path):
    page.goto(acme.url + path)

    stops = tab_through(page)

    assert len(stops) > 8
    hidden = [s for s in stops if s["outline"] == "none" or s["width"] < 2 or not s["isShown"]]
    assert hidden == []


def test_variants_are_stops(page, acme):
    page.goto(f"{acme.url}/products/linen-shirt")

    names = [stop["name"] for stop in tab_through(page)]

    start = names.index("Small")
    assert names[start : start + 4] == ["Small", "Large", "Red", "Blue, sold out"]


def test_filter_opens_and_closes(page, acme):
    page.goto(f"{acme.url}/collections")
    summary = page.locator("summary", has_text="Sort")
    summary.focus()

    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Newest")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    expect(page.get_by_role("link", name="Newest")).to_be_hidden()
    expect(summary).to_be_focused()


def test_suggestion_is_chosen_by_arrows_and_enter(page):
    search = page.get_by_role("combobox", name="Search the shop")
    search.press_sequentially("linen")
    option = page.get_by_role("option", name="Linen shirt")
    expect(option).to_be_visible()

    search.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(search).to_have_attribute("aria-activedescendant", "suggestion-1")
    search.press("Enter")

    page.wait_for_url("**/products/linen-shirt")


def test_open_suggestions_are_accessible(page):
    page.get_by_role("combobox").press_sequentially("linen")
    expect(page.get_by_role("option", name="Linen shirt")).to_be_visible()

    assert accessibility_of(page) == []


def test_escape_closes_suggestions(page):
    search = page.get_by_role("combobox")
    search.press_sequentially("linen")
    expect(page.get_by_role("listbox")).to_be_visible()

    search.press("Escape")

    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(search).to_be_focused()


def test_enter_without_a_suggestion_searches(page):
    page.get_by_role("combobox").press_sequentially("linen")
    expect(page.get_by_role("listbox")).to_be_visible()

    page.keyboard.press("Enter")

    page.wait_for_url("**/search?q=linen")
