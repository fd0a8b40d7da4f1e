"""The cookie of a browser session, and what ends it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from django.conf import settings as project
from django.core.signing import Signer
from django.db.models import F
from django.http import HttpResponse

from apps.tenants.context import tenant_context
from apps.throttling.client import Client
from apps.users.managers import TOUCH_INTERVAL
from apps.users.models import LoginSession
from auth_backends.browser_sessions import clear_cookie, cookie_value, set_cookie
from auth_backends.tokens import RefreshToken
from tests.apps.api.lists import statements
from tests.apps.users.factories import PASSWORD, make_cookie
from tests.apps.users.support import Browser, person, refresh, session_of
from tests.conftest import ShopClient

PAGE = "/account"
LOGIN = "/account/login"


@pytest.fixture
def ann(acme):
    return person(acme, "ann@acme.example")


@pytest.fixture
def browser(acme, ann):
    return Browser(acme, ann)


def is_logged_in(browser):
    response = browser.get(PAGE)
    assert response.status_code in {200, 302}, response.content
    return response.status_code == 200


def change_sessions(tenant, **values):
    with tenant_context(tenant):
        assert LoginSession.objects.update(**values)


def log_in(browser, email, password=PASSWORD):
    return browser.submit(LOGIN, {"email": email, "password": password})


# The cookie


def test_cookie_is_of_one_host_and_no_script_reads_it(acme, ann):
    response = log_in(Browser(acme), ann.email)

    [cookie] = response.cookies.values()
    assert cookie.key == "session"
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert (cookie["domain"], cookie["secure"]) == ("", "")


def test_cookie_is_secure_in_public(settings):
    settings.IS_PUBLIC = True
    response = HttpResponse()

    set_cookie(response, LoginSession().pk, "secret")

    [cookie] = response.cookies.values()
    assert cookie["secure"] is True


def test_deleted_cookie_has_the_attributes_of_the_set_one(settings):
    settings.IS_PUBLIC = True
    there, gone = HttpResponse(), HttpResponse()

    set_cookie(there, LoginSession().pk, "secret")
    clear_cookie(gone)

    names = ("path", "domain", "secure", "httponly", "samesite")
    [there], [gone] = there.cookies.values(), gone.cookies.values()
    assert [gone[name] for name in names] == [there[name] for name in names]
    assert (gone.value, gone["max-age"]) == ("", 0)


def test_cookie_has_the_prefix_of_one_host_in_public():
    script = "from multitenant.settings import BROWSER_COOKIE; print(BROWSER_COOKIE)"
    # DEBUG spares the secrets of a public site.
    environment = os.environ | {"BASE_DOMAIN": "shops.example", "DEBUG": "1"}

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True
    )

    assert done.stdout == "__Host-Http-session\n"


def test_cookie_works(browser):
    assert is_logged_in(browser)


@pytest.mark.parametrize(
    "change",
    [
        lambda value: "",
        lambda value: value[:-1],
        lambda value: value.partition(":")[0],
        lambda value: value.replace(":", "0:"),
        lambda value: Signer(salt="another").sign(value.partition(":")[0]),
        lambda value: "\xe9",
    ],
    ids=["empty", "truncated", "unsigned", "changed", "forged", "not ASCII"],
)
def test_other_cookie_is_anonymous(browser, change):
    assert is_logged_in(browser)

    browser.cookie = change(browser.cookie)

    assert not is_logged_in(browser)


def test_session_with_another_secret_is_anonymous(acme, ann, browser):
    with tenant_context(acme):
        session = LoginSession.objects.get()
    assert is_logged_in(browser)

    browser.cookie = cookie_value(session.pk, "another")

    assert not is_logged_in(browser)


def test_cookie_of_another_shop_is_anonymous(acme, globex, ann):
    person(globex, ann.email)
    here, there = Browser(acme, ann), Browser(globex)
    assert is_logged_in(here)

    there.cookie = here.cookie

    assert not is_logged_in(there)


def test_api_does_not_read_the_cookie(acme, browser):
    client = ShopClient(browser.host, acme, HTTP_SEC_FETCH_SITE="same-origin")
    client.cookies = SimpleCookie({project.BROWSER_COOKIE: browser.cookie})
    assert is_logged_in(browser)

    assert client.get("/api/auth/me/").status_code == 401
    assert client.post("/api/auth/logout/").status_code == 401


def test_session_of_a_token_is_none_of_a_browser(acme, acme_client, ann):
    with tenant_context(acme):
        session, secret = LoginSession.objects.open(ann, Client())
    token = session_of(ann)
    assert refresh(acme_client, token["refresh"]).status_code == 200
    browser = Browser(acme)

    browser.cookie = cookie_value(session.pk, secret)

    assert not is_logged_in(browser)


def test_browser_session_is_not_refreshed_as_a_token(acme, acme_client, ann):
    with tenant_context(acme):
        session, secret = LoginSession.objects.open(ann, Client(), kind="browser")
        token = str(RefreshToken.for_session(session, secret))
    browser = Browser(acme)
    browser.cookie = cookie_value(session.pk, secret)

    response = refresh(acme_client, token)

    assert response.status_code == 401
    assert is_logged_in(browser)


# Its time


@pytest.mark.parametrize(("minutes", "is_live"), [(8 * 60 - 1, True), (8 * 60 + 1, False)])
def test_session_of_the_team_ends_when_idle(acme, minutes, is_live):
    browser = Browser(acme, person(acme, "sue@acme.example", "staff"))
    by = timedelta(minutes=minutes)
    assert is_logged_in(browser)

    change_sessions(
        acme, rotated_at=F("rotated_at") - by, idle_expires_at=F("idle_expires_at") - by
    )

    assert is_logged_in(browser) == is_live


def test_session_that_is_used_is_not_idle(acme, browser):
    change_sessions(acme, rotated_at=F("rotated_at") - timedelta(days=13))
    assert is_logged_in(browser)

    with tenant_context(acme):
        session = LoginSession.objects.get()

    idle, _ = project.SESSION_LIFETIMES["customer"]
    assert session.idle_expires_at - session.rotated_at == idle


@pytest.mark.parametrize(("days", "is_live"), [(29, True), (31, False)])
def test_session_ends_at_its_absolute_lifetime(acme, browser, days, is_live):
    by = timedelta(days=days)

    change_sessions(acme, created_at=F("created_at") - by, expires_at=F("expires_at") - by)

    assert is_logged_in(browser) == is_live


def test_lifetime_is_that_of_the_present_role(acme, ann, browser):
    by = timedelta(days=8)
    change_sessions(acme, created_at=F("created_at") - by, expires_at=F("expires_at") - by)
    assert is_logged_in(browser)

    with tenant_context(acme):
        type(ann).objects.filter(pk=ann.pk).update(role="staff")

    assert not is_logged_in(browser)


def touches(browser):
    with statements() as sent:
        assert is_logged_in(browser)
    return [sql for sql in sent if 'UPDATE "sessions"' in sql]


def test_session_is_touched_once_in_an_interval(acme, browser):
    assert touches(browser) == []
    change_sessions(acme, rotated_at=F("rotated_at") - TOUCH_INTERVAL - timedelta(seconds=1))

    assert len(touches(browser)) == 1
    assert touches(browser) == []


def test_maximum_of_sessions_ends_the_oldest(acme, ann, browser, monkeypatch):
    monkeypatch.setattr("apps.users.managers.MAX_SESSIONS", 1)
    assert is_logged_in(browser)

    make_cookie(ann)

    assert not is_logged_in(browser)
