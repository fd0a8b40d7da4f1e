"""The password and the sessions of a person, and what ends a session."""

from __future__ import annotations

import pytest

from apps.tenants.context import tenant_context
from apps.users.models import LoginSession
from tests.apps.pages.html import Page
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import NEW_PASSWORD, Browser, person, session_of


@pytest.fixture
def ann(acme):
    return person(acme, "ann@acme.example")


@pytest.fixture
def browser(acme, ann):
    return Browser(acme, ann)


def is_logged_in(browser):
    return browser.get("/account").status_code == 200


def session_ids(browser):
    page = Page(browser.get("/account/sessions"))
    return [form.values["id"] for form in page.forms if "id" in form.values]


def live_sessions(user):
    with tenant_context(user.tenant):
        return LoginSession.objects.live().filter(user=user).count()


# The password


def change_password(browser, **changes):
    form = {"current_password": PASSWORD, "new_password": NEW_PASSWORD, **changes}
    return browser.submit("/account/password", form)


def test_new_password_renews_the_secret(acme, browser):
    earlier = Browser(acme)
    earlier.cookie = browser.cookie

    response = change_password(browser)

    assert response["Location"] == "/account?done=saved"
    assert browser.cookie != earlier.cookie
    assert is_logged_in(browser)
    assert not is_logged_in(earlier)


def test_new_password_ends_the_other_sessions(acme, ann, browser):
    other = Browser(acme, ann)
    assert is_logged_in(other)

    change_password(browser)

    assert not is_logged_in(other)
    assert live_sessions(ann) == 1


@pytest.mark.parametrize("changes", [{"current_password": "wrong"}, {"new_password": "short"}])
def test_refused_password_changes_nothing(acme, ann, browser, changes):
    other = Browser(acme, ann)

    response = change_password(browser, **changes)

    assert response.status_code == 200
    assert Page(response).messages
    assert NEW_PASSWORD not in response.content.decode()
    assert is_logged_in(browser)
    assert is_logged_in(other)


# What ends a session elsewhere


def by_deactivation(client, user):
    return client.patch(f"/api/users/{user.pk}/", {"is_active": False})


def by_another_role(client, user):
    return client.patch(f"/api/users/{user.pk}/", {"role": "staff"})


def by_ending_all(client, user):
    return client.delete(f"/api/users/{user.pk}/sessions/")


@pytest.mark.parametrize("change", [by_deactivation, by_another_role, by_ending_all])
def test_owner_ends_the_session(acme_client, owner, ann, browser, change):
    assert is_logged_in(browser)

    assert change(acme_client.as_(owner), ann).status_code in {200, 204}

    assert not is_logged_in(browser)


def test_same_role_does_not_end_the_session(acme_client, owner, ann, browser):
    acme_client.as_(owner).patch(f"/api/users/{ann.pk}/", {"role": "customer"})

    assert is_logged_in(browser)


def test_password_changed_by_the_api_ends_the_session(acme_client, ann, browser):
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}

    response = acme_client.as_(ann).post("/api/auth/password/change/", body)

    assert response.status_code == 204
    assert not is_logged_in(browser)


# The list of sessions


def test_sessions_list_all_but_offer_to_end_the_others(ann, browser):
    token = session_of(ann, agent="A till")

    response = browser.get("/account/sessions")

    assert session_ids(browser) == [token["id"]]
    assert b"A till" in response.content


def test_session_is_ended_from_the_list(acme, ann, browser):
    other = Browser(acme, ann)
    [pk] = session_ids(browser)

    response = browser.submit("/account/sessions", {"id": pk})

    assert response["Location"] == "/account/sessions?done=ended"
    assert browser.get(response["Location"]).status_code == 200
    assert not is_logged_in(other)
    assert is_logged_in(browser)


def test_session_of_another_person_is_neither_listed_nor_ended(acme, browser, owner):
    other = Browser(acme, owner)
    with tenant_context(acme):
        pk = LoginSession.objects.get(user=owner).pk
    assert session_ids(browser) == []

    response = browser.submit("/account/sessions", {"id": str(pk)})

    assert Page(response).messages
    assert is_logged_in(other)


@pytest.mark.parametrize("pk", ["", "x", "0" * 32])
def test_unknown_session_has_a_message(browser, pk):
    response = browser.submit("/account/sessions", {"id": pk})

    assert response.status_code == 200
    assert Page(response).messages
