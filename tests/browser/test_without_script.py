"""Everything works without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


@pytest.fixture(params=[390, 1440])
def page(request, new_page, acme):
    page = new_page(width=request.param, java_script_enabled=False)
    page.goto(acme.url)
    return page


def test_shop_is_browsed(page):
    if page.viewport_size["width"] == 390:
        page.get_by_label("Menu").first.click()
        page.locator(".menu__links").get_by_role("link", name="Clothes").click()
    else:
        page.locator(".header__links").get_by_role("link", name="Clothes").click()
    expect(page.locator("h1")).to_have_text("Clothes")

    page.get_by_role("link", name="Linen shirt").click()

    expect(page.locator("h1")).to_have_text("Linen shirt")


def test_shop_is_searched(page):
    page.get_by_role("searchbox").fill("linen")
    page.get_by_role("searchbox").press("Enter")

    expect(page.locator("h1")).to_have_text("Results for “linen”")
    expect(page.locator(".card__name", has_text="Linen shirt")).to_be_visible()


def test_list_is_filtered_and_sorted(page, acme):
    page.goto(f"{acme.url}/collections")
    page.locator("summary", has_text="Brand").click()
    page.locator(".filter__panel a", has_text="Weavers").click()
    expect(page.locator(".card__name")).to_have_text(["Linen shirt"])

    page.get_by_role("link", name="Clear").click()
    expect(page.get_by_role("link", name="Clear")).to_have_count(0)
    page.locator("summary", has_text="Sort").click()
    page.locator(".filter__panel a", has_text="Name, A to Z").click()
    expect(page.locator(".filter--sort summary")).to_have_text("Sort: Name, A to Z")

    names = page.locator(".card__name").all_inner_texts()
    assert len(names) > 3
    assert names[0].lower() < names[-1].lower()


def test_prices_are_filtered(page, acme):
    page.goto(f"{acme.url}/collections?sort=name")
    page.locator("summary", has_text="Price").first.click()
    page.get_by_label("From").fill("48")
    page.get_by_label("To", exact=True).fill("60")
    page.get_by_role("button", name="Apply").click()

    page.wait_for_url("**/collections?sort=name&min=48&max=60")
    expect(page.locator(".card__name", has_text="Linen shirt")).to_be_visible()


def test_variant_is_chosen(page, acme):
    page.goto(f"{acme.url}/products/linen-shirt")

    page.get_by_role("link", name="Large").click()

    expect(page.locator(".product__price")).to_contain_text("59.00")
    expect(page.locator("main")).to_contain_text("Article number: L-R")
