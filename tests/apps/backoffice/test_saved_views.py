"""Filters of the list of products that a person has given a name."""

from __future__ import annotations

import pytest

from apps.backoffice.models import MAX_VIEWS, SavedView
from apps.tenants.context import tenant_context
from tests.apps.users.support import Browser, person

LIST = "/admin/products"
DRAFTS = f"{LIST}?status=draft"


def save(browser, name, address=DRAFTS):
    return browser.submit(address, {"name": name, "_do": "save-view"})


@pytest.fixture
def saved(acme, people):
    """Return the saved views of a role as they are in the database."""

    def read(role="owner"):
        with tenant_context(acme):
            rows = SavedView.objects.filter(user=people[role]).order_by("name")
            return list(rows.values_list("name", "query"))

    return read


def test_view_is_saved_and_leads_to_its_filters(office, saved, mug):
    response = save(office, "To write")

    assert response.status_code == 303
    assert saved() == [("To write", "?status=draft")]
    assert 'href="?status=draft"' in office.get(LIST).content.decode()


def test_same_name_replaces_the_view(office, saved):
    save(office, "Mine")

    save(office, "Mine", f"{LIST}?status=archived&search=mug")

    assert saved() == [("Mine", "?search=mug&status=archived")]


def test_view_is_removed(office, saved):
    save(office, "Mine")
    save(office, "Other")

    office.submit(DRAFTS, {"name": "Mine", "_do": "remove-view"})

    assert [name for name, _ in saved()] == ["Other"]


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\nb", "\u202e"])
def test_unfit_name_has_a_message(office, saved, name):
    response = save(office, name)

    assert (response.status_code, "notice--bad" in response.content.decode()) == (200, True)
    assert saved() == []


def test_number_of_views_is_limited(office, saved):
    for number in range(MAX_VIEWS):
        save(office, f"View {number}")

    response = save(office, "One more")

    assert "Remove a view first" in response.content.decode()
    assert len(saved()) == MAX_VIEWS


def test_view_of_another_person_is_neither_shown_nor_removed(office, browser_of, saved, mug):
    save(office, "Mine of acme")
    assert "Mine of acme" in office.get(LIST).content.decode()
    staff = browser_of("staff")

    staff.submit(DRAFTS, {"name": "Mine of acme", "_do": "remove-view"})

    assert "Mine of acme" not in staff.get(LIST).content.decode()
    assert [name for name, _ in saved()] == ["Mine of acme"]


def test_view_of_another_shop_is_not_shown(acme, globex, office, mug):
    save(office, "Mine of acme")
    other = Browser(globex, person(globex, "owner@acme.example", "owner"))

    assert "Mine of acme" not in other.get(LIST).content.decode()
