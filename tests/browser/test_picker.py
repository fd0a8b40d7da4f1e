"""The variant picker changes the product without a page load."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


@pytest.fixture
def page(new_page, acme):
    page = new_page()
    page.goto(f"{acme.url}/products/linen-shirt")
    page.evaluate("window.isSamePage = true")
    return page


def is_same_page(page):
    return page.evaluate("window.isSamePage === true")


def test_variant_is_chosen_in_place(page):
    page.get_by_role("link", name="Large").click()

    expect(page.locator(".product__price")).to_contain_text("59.00")
    assert "?variant=" in page.url
    assert is_same_page(page)


def test_focus_stays_at_the_chosen_value(page):
    page.get_by_role("link", name="Large").focus()

    page.keyboard.press("Enter")

    expect(page.locator(".product__price")).to_contain_text("59.00")
    expect(page.get_by_role("link", name="Large")).to_be_focused()


def test_second_choice_is_in_place_too(page):
    page.get_by_role("link", name="Large").click()
    expect(page.locator(".product__price")).to_contain_text("59.00")

    page.get_by_role("link", name="Blue").click()

    expect(page.locator(".stock")).to_have_text("Sold out in this version")
    assert is_same_page(page)


def test_address_of_the_choice_shows_it(page, new_page):
    page.get_by_role("link", name="Large").click()
    expect(page.locator(".product__price")).to_contain_text("59.00")

    other = new_page()
    other.goto(page.url)

    expect(other.locator(".product__price")).to_contain_text("59.00")


def test_click_with_a_modifier_opens_a_tab(page):
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Large").click(modifiers=["Control"])

    assert "?variant=" in opened.value.url
    expect(page.locator(".product__price")).to_contain_text("49.00")


def test_choice_works_when_the_request_fails(page):
    page.route(
        "**/products/linen-shirt?**",
        lambda route: (
            route.abort() if route.request.resource_type == "fetch" else route.continue_()
        ),
    )

    page.get_by_role("link", name="Large").click()

    expect(page.locator(".product__price")).to_contain_text("59.00")
    assert not is_same_page(page)
