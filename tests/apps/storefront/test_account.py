"""The profile of a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from apps.audit.models import AuditEvent
from apps.tenants.context import tenant_context
from apps.users.models import LoginSession, User
from tests.apps.pages.html import Page
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import Browser, mail_about, person

EMAIL = "ann@acme.example"


@pytest.fixture
def ann(acme):
    return person(acme, EMAIL, last_name="Lee")


@pytest.fixture
def browser(acme, ann):
    return Browser(acme, ann)


def stored(user):
    with tenant_context(user.tenant):
        return User.objects.get(pk=user.pk)


def test_profile_shows_the_person(browser):
    form = Page(browser.get("/account")).form_with("email")

    assert form.values == {
        "first_name": "Kim",
        "last_name": "Lee",
        "email": EMAIL,
        "current_password": "",
    }


@pytest.mark.parametrize("role", ["customer", "staff", "owner"])
def test_person_of_any_role_changes_their_name(acme, role):
    user = person(acme, "sue@acme.example", role)
    browser = Browser(acme, user)
    form = Page(browser.get("/account")).form_with("email").filled({"first_name": "Sue"})

    response = browser.submit("/account", form)

    assert response["Location"] == "/account?done=saved"
    assert stored(user).first_name == "Sue"
    with tenant_context(acme):
        event = AuditEvent.objects.get(action="user.changed")
    assert (event.actor_id, event.subject) == (user.pk, user.email)
    assert event.details["first_name"] == "Sue"


@pytest.mark.parametrize("extra", [{"role": "manager"}, {"is_active:bool": ""}, {"id": "x"}])
def test_form_of_the_profile_changes_nothing_else(browser, ann, extra):
    form = Page(browser.get("/account")).form_with("email").filled(extra)

    browser.submit("/account", form)

    assert (stored(ann).role, stored(ann).is_active) == ("customer", True)


def test_new_address_needs_the_password(browser, ann):
    form = Page(browser.get("/account")).form_with("email").filled({"email": "b@acme.example"})

    page = Page(browser.submit("/account", form))

    assert page.messages
    assert page.form_with("email").values["email"] == "b@acme.example"
    assert stored(ann).email == EMAIL


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_new_address_is_mailed_a_link_first(browser, ann):
    changes = {"email": "b@acme.example", "current_password": PASSWORD}
    form = Page(browser.get("/account")).form_with("email").filled(changes)

    browser.submit("/account", form)

    assert stored(ann).email == EMAIL
    assert "confirm-email" in str(mail_about("b@acme.example", "").body)


def test_owner_with_an_old_session_needs_the_password(acme, owner):
    browser = Browser(acme, owner)
    with tenant_context(acme):
        LoginSession.objects.update(created_at=F("created_at") - timedelta(hours=1))
    form = Page(browser.get("/account")).form_with("email")

    refused = browser.submit("/account", form.filled({"first_name": "Sue"}))
    changes = {"first_name": "Sue", "current_password": PASSWORD}
    accepted = browser.submit("/account", form.filled(changes))

    assert Page(refused).messages
    assert accepted["Location"] == "/account?done=saved"


def test_address_of_another_person_gets_the_same_response(acme, browser, owner):
    def change_to(email):
        changes = {"email": email, "current_password": PASSWORD}
        form = Page(browser.get("/account")).form_with("email").filled(changes)
        response = browser.submit("/account", form)
        return response.status_code, response["Location"]

    assert (
        change_to(owner.email) == change_to("free@acme.example") == (303, "/account?done=confirm")
    )
