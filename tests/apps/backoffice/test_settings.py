"""The settings of the shop, its look, its overview and its audit log."""

from __future__ import annotations

import pytest

from apps.storefront.models import Storefront
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from tests.apps.pages.html import Page
from tests.apps.products.factories import make_collection, make_image
from tests.apps.users.support import Browser

GENERAL, LOOK, AUDIT = "/admin/settings", "/admin/settings/look", "/admin/audit"
LISTED = "https://shop.example\nhttps://other.example"


def save(browser, path, changes):
    page = Page(browser.get(path))
    name = "currency" if path == GENERAL else "tagline"
    return browser.submit(path, page.form_with(name).filled(changes))


def shop(acme):
    return Tenant.objects.get(pk=acme.pk)


def change_shop(acme, **values):
    with tenant_context(acme):
        assert Tenant.objects.filter(pk=acme.pk).update(**values)


def storefront(acme):
    with tenant_context(acme):
        return Storefront.objects.current()


def test_general_settings_are_saved(acme, office):
    changes = {"name": "Acme & Co", "currency": "JPY", "language": "de", "weight_unit": "lb"}

    response = save(office, GENERAL, changes)

    saved = shop(acme)
    assert response["Location"] == f"{GENERAL}?done=saved"
    assert {name: getattr(saved, name) for name in changes} == changes


def test_origins_are_saved_one_in_each_line(acme, office):
    save(office, GENERAL, {"storefront_origins": LISTED.replace("\n", "\r\n")})

    assert shop(acme).storefront_origins == LISTED.split()
    form = Page(office.get(GENERAL)).form_with("storefront_origins")
    assert form.values["storefront_origins"] == LISTED


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""),
        ("currency", "ZZZ"),
        ("language", "xx"),
        ("weight_unit", "stone"),
        ("storefront_origins", "https://shop.example\nnot an origin"),
        ("storefront_origins", "https://shop.example https://shop.example"),
    ],
)
def test_refused_setting_has_a_message_beside_its_field(acme, office, field, text):
    before = shop(acme)

    response = save(office, GENERAL, {"weight_unit": "lb", field: text})

    page = Page(response)
    [invalid] = [attrs for _, attrs in page.tags if attrs.get("aria-invalid") == "true"]
    assert response.status_code == 200
    assert invalid["name"] == field
    assert page.messages
    assert page.form_with("currency").values[field] == text
    assert shop(acme).weight_unit == before.weight_unit


def test_language_that_is_not_offered_is_kept(acme, office):
    change_shop(acme, language="pt")

    save(office, GENERAL, {"name": "Loja"})

    assert (shop(acme).language, shop(acme).name) == ("pt", "Loja")


def test_shop_is_opened_and_closed(acme, office):
    visitor = Browser(acme)
    assert visitor.get("/")["X-Robots-Tag"] == "noindex"

    opened = office.submit(GENERAL, {"_do": "open"})
    assert (opened["Location"], storefront(acme).is_open) == (f"{GENERAL}?done=opened", True)
    assert "X-Robots-Tag" not in visitor.get("/")

    closed = office.submit(GENERAL, {"_do": "close"})
    assert (closed["Location"], storefront(acme).is_open) == (f"{GENERAL}?done=closed", False)


@pytest.mark.parametrize("form", [{"_do": "open"}, {"name": "Ours", "currency": "USD"}])
@pytest.mark.parametrize("role", ["manager", "staff"])
def test_others_than_the_owner_change_no_settings(acme, browser_of, events, role, form):
    before = shop(acme)

    response = browser_of(role).submit(GENERAL, form)

    assert response.status_code == 200
    assert Page(response).messages
    assert (shop(acme).name, shop(acme).currency) == (before.name, before.currency)
    assert not storefront(acme).is_open
    assert events() == []


def test_look_is_saved(acme, office):
    changes = {"tagline": "Mugs", "accent": "#112233", "fonts": "classic", "corners": "round"}

    response = save(office, LOOK, changes)

    row = storefront(acme)
    assert response["Location"] == f"{LOOK}?done=saved"
    assert {name: getattr(row, name) for name in changes} == changes
    assert not row.is_open


@pytest.mark.parametrize(
    ("field", "text"),
    [("accent", "red"), ("accent", "#112233;}"), ("fonts", "comic"), ("tagline", "x" * 161)],
)
def test_refused_look_keeps_what_was_typed(acme, office, field, text):
    page = Page(save(office, LOOK, {"footer": "Bye", field: text}))

    values = page.form_with("tagline").values
    assert page.messages
    assert (values[field], values["footer"]) == (text, "Bye")
    assert storefront(acme).footer == ""


def test_look_is_the_owners(acme, browser_of):
    page = Page(browser_of("staff").submit(LOOK, {"tagline": "Ours"}))

    assert page.messages
    assert storefront(acme).tagline == ""


def test_page_write_is_recorded_as_by_the_api(acme_client, office, people, events):
    client = acme_client.as_(people["owner"])
    save(office, GENERAL, {"name": "Acme & Co"})
    save(office, LOOK, {"tagline": "Mugs"})
    office.submit("/admin/")
    of_pages = events()
    client.patch("/api/shop/", {"name": "Acme"})
    client.patch("/api/shop/storefront/", {"tagline": "Pots"})
    client.patch("/api/shop/storefront/", {"is_open": False})

    assert len(of_pages) == 3
    assert events()[len(of_pages) :] == of_pages


# The overview


def steps(browser):
    page = Page(browser.get("/admin/"))
    classes = [attrs.get("class", "") for tag, attrs in page.tags if tag == "li"]
    return ["step--done" in each for each in classes if each.startswith("step")]


def test_steps_are_done_one_after_the_other(acme, office, mug):
    change_shop(acme, confirmed_at=None)
    assert steps(office) == [True, False, False, False, False]

    with tenant_context(acme):
        make_image(mug)
        make_collection()
    save(office, LOOK, {"tagline": "Mugs"})

    assert steps(office) == [True, True, True, True, False]


def test_overview_opens_the_shop(acme, office):
    response = office.submit("/admin/")

    assert response["Location"] == "/admin/?done=opened"
    assert storefront(acme).is_open


def test_overview_opens_the_shop_for_the_owner_only(acme, browser_of):
    assert Page(browser_of("manager").submit("/admin/")).messages
    assert not storefront(acme).is_open


# The audit log


def test_audit_log_is_filtered_by_action(acme, office):
    save(office, GENERAL, {"name": "Acme & Co"})
    save(office, LOOK, {"tagline": "Mugs"})

    def actions(query):
        content = office.get(f"{AUDIT}{query}").content.decode()
        return [name for name in ("Shop changed", "Storefront changed") if f"<td>{name}" in content]

    assert actions("") == ["Shop changed", "Storefront changed"]
    assert actions("?action=shop.changed") == ["Shop changed"]
    assert Page(office.get(f"{AUDIT}?action=lost")).messages
