"""The pages that mails lead to."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import EmailToken, User
from tests.apps.pages.html import Page
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import (
    NEW_PASSWORD,
    Browser,
    issued,
    links_in,
    mail_about,
    mails_to,
    person,
)
from tests.conftest import PLATFORM, ShopClient

# A job is due by the clock of the database, which stands still in a transaction.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

EMAIL = "ann@acme.example"
LOGIN = "/account/login"


def link_to(address, word=""):
    """Return the path and query of the one link with a token in the last mail to an address."""
    message = mail_about(address, word) if word else mails_to(address)[-1]
    [link] = {link for link in links_in(message) if "?token=" in link}
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


def follow(browser, link, changes):
    """Open a link and send its form."""
    return browser.submit(link, Page(browser.get(link)).form_with("token").filled(changes))


def can_log_in(tenant, email, password):
    form = {"email": email, "password": password}
    return Browser(tenant).submit(LOGIN, form).status_code == 303


def users(tenant):
    with tenant_context(tenant):
        return list(User.objects.values_list("email", "role", "first_name").order_by("email"))


def test_customer_registers_verifies_and_logs_in(acme):
    browser = Browser(acme)
    form = {"first_name": "Ann", "last_name": "Lee", "email": EMAIL}
    asked = browser.submit("/account/register", form)
    link = link_to(EMAIL)

    verified = follow(browser, link, {"password": NEW_PASSWORD})

    assert asked["Location"] == "/account/register?done=mailed"
    assert link.startswith("/verify-email?token=")
    assert (verified.status_code, verified["Location"]) == (303, f"{LOGIN}?done=registered")
    assert users(acme) == [(EMAIL, "customer", "Ann")]
    assert can_log_in(acme, EMAIL, NEW_PASSWORD)


def test_refused_registration_keeps_what_was_typed(acme):
    form = {"first_name": "Ann", "last_name": "Lee", "email": "ann@"}

    page = Page(Browser(acme).submit("/account/register", form))

    assert page.form_with("first_name").values == form
    assert page.messages


def test_forgotten_password_is_reset(acme):
    person(acme, EMAIL)
    browser = Browser(acme)
    asked = browser.submit("/account/forgot", {"email": EMAIL})
    link = link_to(EMAIL)

    reset = follow(browser, link, {"password": NEW_PASSWORD})

    assert asked["Location"] == "/account/forgot?done=mailed"
    assert link.startswith("/reset-password?token=")
    assert reset["Location"] == f"{LOGIN}?done=password"
    assert can_log_in(acme, EMAIL, NEW_PASSWORD)
    assert not can_log_in(acme, EMAIL, PASSWORD)


def test_unknown_address_gets_the_same_page(acme):
    person(acme, EMAIL)
    browser = Browser(acme)

    known, unknown = (
        browser.submit("/account/forgot", {"email": email}) for email in (EMAIL, "bob@acme.example")
    )

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_owner_of_a_new_shop_confirms_it_with_a_new_password(db):
    names = {"first_name": "Ann", "last_name": "Lee"}
    owner = {"email": EMAIL, "password": PASSWORD, **names}
    body = {"code": "acme", "name": "Acme", "owner": owner}
    assert ShopClient(PLATFORM).post("/api/shops/", body).status_code == 201
    tenant = Tenant.objects.get(code="acme")
    browser = Browser(tenant)
    link = link_to(EMAIL)
    page = Page(follow(browser, link, {"password": ""}))
    assert page.messages

    confirmed = follow(browser, link, {"password": NEW_PASSWORD})

    assert link.startswith("/confirm-email?token=")
    assert confirmed["Location"] == f"{LOGIN}?done=confirmed"
    assert Tenant.objects.get(pk=tenant.pk).confirmed_at is not None
    assert can_log_in(tenant, EMAIL, NEW_PASSWORD)


def test_changed_address_is_confirmed_without_a_password(acme):
    person(acme, EMAIL)
    browser = Browser(acme)
    browser.submit(LOGIN, {"email": EMAIL, "password": PASSWORD})
    form = Page(browser.get("/account")).form_with("email")
    changes = {"email": "new@acme.example", "current_password": PASSWORD}
    asked = browser.submit("/account", form.filled(changes))
    link = link_to("new@acme.example")

    confirmed = follow(Browser(acme), link, {"password": ""})

    assert asked["Location"] == "/account?done=confirm"
    assert confirmed["Location"] == f"{LOGIN}?done=confirmed"
    assert can_log_in(acme, "new@acme.example", PASSWORD)


def test_invited_person_joins_the_team(acme, owner):
    office = Browser(acme, owner)
    office.submit("/admin/people", {"email": EMAIL, "role": "staff", "_do": "invite"})
    link = link_to(EMAIL)
    form = {"first_name": "Ann", "last_name": "Lee", "password": NEW_PASSWORD}

    accepted = follow(Browser(acme), link, form)

    assert link.startswith("/accept-invitation?token=")
    assert accepted["Location"] == f"{LOGIN}?done=registered"
    assert (EMAIL, "staff", "Ann") in users(acme)
    assert can_log_in(acme, EMAIL, NEW_PASSWORD)


def test_opened_link_is_not_used(acme):
    secret = issued(acme, "email_verification", EMAIL, account={"first_name": "Ann"})

    for method in ("get", "head", "options"):
        getattr(Browser(acme), method)(f"/verify-email?token={secret}")

    with tenant_context(acme):
        assert EmailToken.objects.usable().filter(email=EMAIL).count() == 1


@pytest.mark.parametrize("token", ["used", "wrong", "elsewhere", ""])
def test_bad_token_has_a_message_and_keeps_what_was_typed(acme, globex, owner, token):
    secrets = {
        "used": issued(acme, "invitation", EMAIL, role="staff", invited_by=owner),
        "elsewhere": issued(globex, "invitation", EMAIL, role="staff"),
    }
    browser = Browser(acme)
    link = f"/accept-invitation?token={secrets.get(token, token)}"
    form = {"first_name": "Ann", "last_name": "Lee", "password": NEW_PASSWORD}
    if token == "used":
        assert follow(browser, link, form).status_code == 303
    before = users(acme)

    response = follow(browser, link, form)

    page = Page(response)
    assert response.status_code == 200
    assert page.messages
    typed = page.form_with("first_name").values
    assert (typed["first_name"], typed["last_name"]) == ("Ann", "Lee")
    assert typed["token"] == secrets.get(token, token)
    assert users(acme) == before


def test_weak_password_does_not_use_the_token(acme):
    secret = issued(acme, "email_verification", EMAIL, account={"first_name": "Ann"})
    link = f"/verify-email?token={secret}"

    assert Page(follow(Browser(acme), link, {"password": "short"})).messages

    assert follow(Browser(acme), link, {"password": NEW_PASSWORD}).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "/reset-password",
        "/verify-email",
        "/confirm-email",
        "/accept-invitation",
        LOGIN,
        "/account/forgot",
        "/account/register",
    ],
)
def test_page_works_while_the_shop_is_closed(acme, path):
    browser = Browser(acme)
    assert browser.get("/")["X-Robots-Tag"] == "noindex"

    response = browser.get(path)

    assert response.status_code == 200
    assert Page(response).forms
