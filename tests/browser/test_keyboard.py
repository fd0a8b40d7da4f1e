"""The keyboard reaches and shows everything."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.focus import walk
from tests.browser.tour import accessibility_of


@pytest.fixture
def page(new_page, acme):
    page = new_page()
    page.goto(acme.url)
    return page


def test_skip_link_comes_first_and_leads_to_the_content(page):
    link = page.get_by_role("link", name="Skip to the content")

    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"


def test_variants_are_stops(page, acme):
    page.goto(f"{acme.url}/products/linen-shirt")

    stops = walk(page).stops

    start = stops.index("A Small")
    assert stops[start : start + 4] == ["A Small", "A Large", "A Red", "A Blue, sold out"]


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
