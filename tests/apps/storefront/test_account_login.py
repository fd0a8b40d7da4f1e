"""Log-in and log-out in a browser."""

from __future__ import annotations

import pytest

from apps.audit.models import AuditEvent
from apps.tenants.context import tenant_context
from apps.users.models import LoginSession
from tests.apps.pages.html import Page
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import Browser, person
from tests.apps.users.support import log_in as log_in_by_api

LOGIN = "/account/login"
EMAIL = "ann@acme.example"


@pytest.fixture
def ann(acme):
    return person(acme, EMAIL)


@pytest.fixture
def browser(acme, ann):
    return Browser(acme)


def log_in(browser, email=EMAIL, password=PASSWORD, next_path=None, **extra):
    query = "" if next_path is None else f"?next={next_path}"
    return browser.submit(LOGIN + query, {"email": email, "password": password}, **extra)


def is_logged_in(browser):
    return browser.get("/account").status_code == 200


def events(tenant):
    with tenant_context(tenant):
        rows = AuditEvent.objects.order_by("created_at", "pk")
        return list(rows.values_list("action", "actor__email", "subject"))


def test_login_opens_a_session_of_the_browser(acme, browser):
    response = log_in(browser)

    assert response.status_code == 303
    assert is_logged_in(browser)
    with tenant_context(acme):
        assert LoginSession.objects.get().kind == "browser"


def test_address_is_normalized(browser):
    assert log_in(browser, " Ann@ACME.example ").status_code in {200, 303}
    assert log_in(browser, "Ann@ACME.example").status_code == 303


def test_wrong_password_keeps_the_address_only(browser):
    response = log_in(browser, password="wrong battery")

    page = Page(response)
    assert response.status_code == 200
    assert page.messages == ["No active account has this e-mail and password."]
    assert page.form_with("email").values == {"email": EMAIL, "password": ""}
    assert b"wrong battery" not in response.content
    assert not is_logged_in(browser)


@pytest.mark.parametrize("form", [{}, {"email": EMAIL}, {"password": PASSWORD}])
def test_missing_fields_have_messages(browser, form):
    response = browser.submit(LOGIN, form)

    assert response.status_code == 200
    assert Page(response).messages


def test_sixth_wrong_password_is_locked_out_as_in_the_api(browser, acme_client):
    for _ in range(5):
        log_in(browser, password="wrong battery")

    response = log_in(browser)

    assert Page(response).messages == ["Too many tries. Wait a little."]
    assert not is_logged_in(browser)
    assert log_in_by_api(acme_client, EMAIL).status_code == 429


def test_browser_with_a_live_session_is_not_locked_out(browser):
    log_in(browser)
    for _ in range(5):
        log_in(Browser(browser.tenant), password="wrong battery")
    assert log_in(Browser(browser.tenant)).status_code == 200

    assert log_in(browser).status_code == 303


def test_login_is_recorded_as_by_the_api(acme, browser, acme_client):
    log_in(browser, password="wrong battery")
    log_in(browser)
    of_pages = events(acme)
    log_in_by_api(acme_client, EMAIL, "wrong battery")
    log_in_by_api(acme_client, EMAIL)

    assert of_pages == [("session.refused", None, EMAIL), ("session.opened", EMAIL, EMAIL)]
    assert events(acme)[2:] == of_pages


def test_login_changes_the_secret_and_ends_the_earlier_session(acme, browser):
    log_in(browser)
    earlier = Browser(acme)
    earlier.cookie = browser.cookie
    assert is_logged_in(earlier)

    log_in(browser)

    assert browser.cookie != earlier.cookie
    assert is_logged_in(browser)
    assert not is_logged_in(earlier)


def test_failed_login_keeps_the_earlier_session(browser):
    log_in(browser)

    log_in(browser, password="wrong battery")

    assert is_logged_in(browser)


def test_logout_ends_the_session_and_deletes_the_cookie(acme, browser):
    log_in(browser)
    copy = Browser(acme)
    copy.cookie = browser.cookie

    response = browser.submit("/account/logout")

    assert (response.status_code, response["Location"]) == (303, f"{LOGIN}?done=out")
    assert browser.cookie == ""
    assert not is_logged_in(copy)
    assert events(acme)[-1] == ("session.ended", EMAIL, EMAIL)


def test_logout_without_a_session_leads_to_the_login(browser):
    response = browser.submit("/account/logout")

    assert (response.status_code, response["Location"]) == (303, f"{LOGIN}?done=out")


def test_logout_by_get_is_refused(browser):
    log_in(browser)

    assert browser.get("/account/logout").status_code == 405
    assert is_logged_in(browser)


@pytest.mark.parametrize(("role", "home"), [("customer", "/account"), ("staff", "/admin/")])
def test_login_leads_to_the_home_of_the_role(acme, role, home):
    user = person(acme, "kim@acme.example", role)

    assert log_in(Browser(acme), user.email)["Location"] == home


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/products/mug%3Fvariant=1", "/products/mug?variant=1"),
        ("/admin/products", "/admin/products"),
        ("//evil.example", "/account"),
        ("///evil.example", "/account"),
        ("/%5Cevil.example", "/account"),
        ("/%09/evil.example", "/account"),
        ("%5C%5Cevil.example", "/account"),
        ("https://evil.example", "/account"),
        ("http:acme", "/account"),
        ("javascript:alert(1)", "/account"),
        ("%01/account", "/account"),
        ("admin", "/account"),
        ("", "/account"),
    ],
)
def test_login_leads_to_own_paths_only(browser, path, location):
    assert log_in(browser, next_path=path)["Location"] == location


def test_next_page_survives_a_wrong_password(browser):
    response = log_in(browser, password="wrong battery", next_path="/products/mug")

    # The form has no action, so the browser sends it to the same address again.
    assert Page(response).form_with("email").action == ""


@pytest.mark.parametrize("path", ["/account", "/account/password", "/account/sessions"])
def test_personal_page_leads_to_the_login_and_back(browser, path):
    response = browser.get(path)

    assert (response.status_code, response["Location"]) == (302, f"{LOGIN}?next={path}")
    assert response["Cache-Control"] == "no-store"


def test_form_of_a_personal_page_needs_a_session(acme, browser):
    before = events(acme)

    passwords = browser.submit("/account/password", {"current_password": PASSWORD})
    names = browser.submit("/account", {"first_name": "Kim", "current_password": PASSWORD})

    assert (passwords.status_code, names.status_code, events(acme)) == (302, 403, before)
    assert Page(names).form_with("first_name").values == {"first_name": "Kim"}


@pytest.mark.parametrize("path", [LOGIN, "/account/register", "/account/forgot", "/verify-email"])
def test_account_page_is_not_kept_by_caches(browser, path):
    response = browser.get(path)

    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
