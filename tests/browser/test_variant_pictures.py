"""The picture of a variant is chosen in the back office and shown in the storefront."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.apps.products.images.pictures import picture
from tests.browser import tour
from tests.browser.shops import SHIRT


@pytest.fixture(scope="module")
def product(acme):
    """A shirt with the pictures of a bowl, and a blue one; return the id."""
    pk = acme.add_product(
        SHIRT | {"name": "Pictured shirt", "code": "pictured-shirt", "vendor": "Painters"}
    )
    acme.add_picture(pk)
    acme.add_picture(pk, picture(color="blue"))
    return pk


def shown(page):
    """Return the address of the picture in the first row, without its width."""
    return page.locator(".variant-picture img").first.get_attribute("src").rpartition("/")[0]


@pytest.mark.parametrize("has_script", [True, False])
def test_chosen_picture_comes_first_in_the_storefront(
    browser, acme, owner_state, product, has_script
):
    page = tour.open_page(browser, storage_state=owner_state, java_script_enabled=has_script)
    page.goto(f"{acme.url}/admin/products/{product}")
    page.get_by_label("Picture 3").select_option(index=2)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**done=saved")
    expect(page.get_by_label("Picture 3")).to_have_value(
        page.locator('.picture [name$="/id"]').nth(1).get_attribute("value")
    )

    page.goto(f"{acme.url}/products/pictured-shirt")
    first = page.locator(".gallery img").first
    before = first.get_attribute("src")
    page.get_by_role("link", name="Large").click()
    expect(page.locator(".product__price")).to_contain_text("59.00")

    expect(first).not_to_have_attribute("src", before)
    page.goto(f"{acme.url}/admin/products/{product}")
    page.get_by_label("Picture 3").select_option("")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**done=saved")
    page.context.close()


def test_choice_by_keys_shows_the_picture_at_once(browser, acme, owner_state, product):
    page = tour.open_page(browser, storage_state=owner_state)
    page.goto(f"{acme.url}/admin/products/{product}")
    choice = page.get_by_label("Picture 1")
    choice.focus()

    page.keyboard.press("ArrowDown")
    first = shown(page)
    page.keyboard.press("ArrowDown")

    assert shown(page) != first
    page.keyboard.press("Home")
    expect(page.locator(".variant-picture").first.locator("img")).to_have_count(0)
    page.context.close()
