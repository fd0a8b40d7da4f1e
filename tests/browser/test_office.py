"""The back office and the account in Chromium: rules of accessibility, policy, weight, keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import pages, tour
from tests.browser.focus import walk

MAX_BYTES = 150_000


@pytest.fixture
def office(browser, owner_state):
    page = tour.open_page(browser, storage_state=owner_state)
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def findings(browser, acme, owner_state):
    own = pages.urls(acme, pages.OFFICE | pages.ACCOUNT)
    return tour.tour(browser, own, storage_state=owner_state) | tour.tour(
        browser, pages.urls(acme, pages.LOG_IN)
    )


def not_empty(values):
    return {case: value for case, value in values.items() if value}


def test_pages_have_no_violations_of_accessibility_rules(findings):
    assert not_empty({case: each.accessibility for case, each in findings.items()}) == {}


def test_pages_log_no_errors_and_keep_to_their_policy(findings):
    faults = {case: each.console + each.policy_violations for case, each in findings.items()}

    assert not_empty(faults) == {}


def test_pages_fetch_nothing_from_another_host(findings, acme):
    foreign = {case: each.other_hosts(acme.host) for case, each in findings.items()}

    assert not_empty(foreign) == {}


def test_pages_do_not_scroll_sideways_and_nothing_moves(findings):
    assert not_empty({case: each.overflow for case, each in findings.items()}) == {}
    assert not_empty({case: round(each.shift, 3) for case, each in findings.items()}) == {}


def test_pages_are_light(findings):
    assert {case: each.size for case, each in findings.items() if each.size > MAX_BYTES} == {}


def test_palette_and_search_are_a_key_away(office, acme):
    office.goto(f"{acme.url}/admin/products")

    office.keyboard.press("/")
    office.keyboard.type("shirt")
    office.keyboard.press("Enter")
    office.wait_for_url("**search=shirt**")
    office.keyboard.press("Control+k")
    office.keyboard.type("audit")
    office.keyboard.press("Enter")
    office.wait_for_url("**/admin/audit")


def test_open_palette_is_accessible_and_moved_through_by_arrows(office, acme):
    office.goto(f"{acme.url}/admin/")
    office.keyboard.press("Control+k")
    field = office.get_by_role("combobox", name="Office")
    first, second = (office.get_by_role("option", name=name) for name in ("Overview", "Products"))
    expect(first).to_have_attribute("aria-selected", "true")
    assert tour.accessibility_of(office) == []

    field.press("ArrowDown")

    expect(first).to_have_attribute("aria-selected", "false")
    expect(field).to_have_attribute("aria-activedescendant", second.get_attribute("id"))
    field.fill("qqqq")
    expect(office.get_by_role("listbox")).to_be_hidden()
    field.fill("")
    field.press("Escape")
    expect(field).to_have_count(0)


def test_unsaved_changes_are_announced_and_guarded(office, acme):
    office.goto(f"{acme.url}/admin/settings/look")
    messages = []

    office.get_by_label("What you sell, in a line").fill("Something else")
    assert office.get_by_text("Not saved yet").is_visible()
    office.on("dialog", lambda dialog: (messages.append(dialog.type), dialog.dismiss()))
    with office.expect_event("dialog"):
        office.get_by_role("link", name="General").click(no_wait_after=True)

    assert messages == ["beforeunload"]
    assert office.url.endswith("/admin/settings/look")


def test_description_is_written_with_formats(office, acme):
    office.goto(f"{acme.url}/admin/products/new")
    office.get_by_label("Name").first.fill("Formatted")
    office.get_by_role("textbox", name="Description").click()
    office.keyboard.type("Plain and ")
    office.get_by_role("button", name="Bold").click()
    office.keyboard.type("bold")
    office.get_by_role("button", name="Save", exact=True).click()
    office.wait_for_url("**done=added")

    found = acme.server.request(
        "GET", acme.host, "/api/products/?search=formatted", headers=acme.token
    )

    [product] = found.json()["results"]
    assert "<b>bold</b>" in product["description"] or "<strong>" in product["description"]


def test_save_of_another_person_is_no_loss(browser, owner_state, acme):
    product = acme.add_product({"name": "Shared", "code": "shared"})
    pages = [tour.open_page(browser, storage_state=owner_state) for _ in range(2)]
    for page in pages:
        page.goto(f"{acme.url}/admin/products/{product}")

    for page, name in zip(pages, ("First", "Second"), strict=True):
        page.get_by_label("Name").first.fill(name)
        page.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_load_state()

    assert pages[0].get_by_text("Saved.").is_visible()
    assert pages[1].get_by_text("Another person has saved this product meanwhile").is_visible()
    assert pages[1].get_by_label("Name").first.input_value() == "Second"
    for page in pages:
        page.context.close()


@pytest.mark.parametrize("has_script", [True, False])
def test_form_of_an_ended_session_is_no_loss(browser, owner_state, acme, has_script):
    page = tour.open_page(browser, storage_state=owner_state, java_script_enabled=has_script)
    page.goto(f"{acme.url}/admin/products/new")
    page.get_by_label("Name").first.fill(f"Typed at length {has_script}")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="You are logged out")).to_be_visible()
    if has_script:
        assert tour.accessibility_of(page) == []
        assert walk(page).stops == ["A Log in in another tab", "BUTTON Send again"]

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Log in in another tab").click()
    tour.log_in(opened.value, acme.url, acme.email, acme.password)
    page.get_by_role("button", name="Send again").click()
    page.wait_for_url("**done=added")

    assert page.get_by_label("Name").first.input_value() == f"Typed at length {has_script}"
    page.context.close()
