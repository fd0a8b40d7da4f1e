"""The browser that opened a shop enters its back office once, within a minute, at its host."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.frontdoor.handoff import issue_handoff
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import EmailToken, LoginSession
from tests.apps.frontdoor.forms import get, open_shop
from tests.apps.users.support import age, issued, person
from tests.conftest import PLATFORM
from tests.load.parallel import in_parallel

pytestmark = pytest.mark.django_db
transactional = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

ACME = f"acme.{PLATFORM}"
EXPIRED = "/account/login?done=expired"


def enter(secret, *, host=ACME, client=None, **headers):
    return get(host, f"/account/enter?token={secret}", client=client, **headers)


def sessions(tenant):
    with tenant_context(tenant):
        return list(LoginSession.objects.live().select_related("user"))


@pytest.fixture
def secret(acme, owner):
    return issue_handoff(acme.pk)


def assert_refused(response, tenant):
    assert (response.status_code, response.headers["Location"]) == (303, EXPIRED)
    assert not response.cookies
    assert sessions(tenant) == []


def test_opening_leads_into_the_back_office():
    browser = Client()

    opened = open_shop(client=browser)

    link = urlsplit(opened.headers["Location"])
    assert (link.scheme, link.netloc, link.path) == ("http", f"pear.{PLATFORM}", "/account/enter")
    assert list(parse_qs(link.query)) == ["token"]
    entered = get(link.netloc, f"{link.path}?{link.query}", client=browser)
    assert (entered.status_code, entered.headers["Location"]) == (303, "/admin/")
    assert entered.headers["Cache-Control"] == "no-store"
    [session] = sessions(Tenant.objects.get())
    assert (session.user.email, session.kind) == ("kim@pear.example", "browser")
    account = get(link.netloc, "/account", client=browser)
    assert b"kim@pear.example" in account.content


def test_session_is_a_cookie_of_one_host(secret):
    cookie = enter(secret).cookies[settings.BROWSER_COOKIE]

    assert cookie["domain"] == ""
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_REFERER": "http://evil.example/"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_FORWARDED": "host=evil.example"},
    ],
)
def test_address_of_the_shop_follows_from_the_settings(headers):
    response = open_shop(**headers)

    assert response.headers["Location"].startswith(f"http://pear.{PLATFORM}/account/enter?")


@pytest.mark.parametrize("name", ["next", "return_to", "url", "host"])
def test_address_of_the_shop_is_not_the_clients_choice(name):
    response = open_shop(QUERY_STRING=f"{name}=https://evil.example/")

    assert response.headers["Location"].startswith(f"http://pear.{PLATFORM}/account/enter?")


def test_log_in_is_recorded(acme, owner, secret):
    enter(secret)

    with tenant_context(acme):
        [event] = AuditEvent.objects.filter(action="session.opened")
        assert (event.actor_id, event.subject) == (owner.pk, owner.email)


def test_token_works_once(acme, secret):
    assert enter(secret).headers["Location"] == "/admin/"

    again = enter(secret)

    assert (again.status_code, again.headers["Location"]) == (303, EXPIRED)
    assert len(sessions(acme)) == 1


def test_new_token_voids_the_previous_one(acme, secret):
    issue_handoff(acme.pk)

    assert_refused(enter(secret), acme)


@pytest.mark.parametrize("token", ["", "never" * 8, "%00", "x" * 3_000])
def test_invalid_token_leads_to_the_login(acme, owner, token):
    assert_refused(enter(token), acme)
    page = get(ACME, EXPIRED)
    assert b"This link was used before or is too old." in page.content


def test_token_is_invalid_at_another_shop(acme, globex, globex_owner, secret):
    issue_handoff(globex.pk)

    assert_refused(enter(secret, host=f"globex.{PLATFORM}"), globex)
    assert enter(secret).headers["Location"] == "/admin/"


def test_token_is_invalid_at_the_platform_and_at_the_api(secret):
    assert enter(secret, host=PLATFORM).status_code == 404
    assert enter(secret, host=f"api.{PLATFORM}", HTTP_TENANT_CODE="acme").status_code == 404
    assert enter(secret).headers["Location"] == "/admin/"


@pytest.mark.parametrize(("seconds", "location"), [(55, "/admin/"), (61, EXPIRED)])
def test_token_expires_after_a_minute(acme, secret, seconds, location):
    age(acme, EmailToken, seconds=seconds)

    assert enter(secret).headers["Location"] == location


@pytest.mark.parametrize("minutes", [-90, 90])
def test_minute_is_one_of_the_database(acme, owner, minutes):
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        secret = issue_handoff(acme.pk)

    assert enter(secret).headers["Location"] == "/admin/"


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_PURPOSE": "prefetch"},
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"HTTP_PURPOSE": "prefetch"},
    ],
)
def test_prefetch_does_not_use_the_token(acme, secret, headers):
    ahead = enter(secret, **headers)

    assert (ahead.status_code, ahead.cookies, sessions(acme)) == (503, {}, [])
    assert enter(secret).headers["Location"] == "/admin/"


def test_head_and_options_do_not_use_the_token(acme, secret):
    for method in ("head", "options"):
        answer = getattr(Client(), method)(f"/account/enter?token={secret}", HTTP_HOST=ACME)
        assert (answer.status_code, answer.cookies, sessions(acme)) == (200, {}, [])

    assert enter(secret).headers["Location"] == "/admin/"


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "staff"}, {"email": "a@b.cd"}])
def test_changed_owner_voids_the_token(acme, owner, secret, change):
    person(acme, "another@acme.example", "owner")
    with tenant_context(acme):
        owner.change(**change)

    assert_refused(enter(secret), acme)


def test_session_of_the_cookie_is_replaced(acme, owner, secret):
    browser = Client()
    enter(secret, client=browser)
    [first] = sessions(acme)

    enter(issue_handoff(acme.pk), client=browser)

    [second] = sessions(acme)
    assert second.pk != first.pk
    assert browser.cookies[settings.BROWSER_COOKIE].value.startswith(second.pk.hex)


def test_refused_token_leaves_the_session_of_the_cookie(acme, secret):
    browser = Client()
    enter(secret, client=browser)

    enter(secret, client=browser)

    assert len(sessions(acme)) == 1
    assert get(ACME, "/account", client=browser).status_code == 200


def test_token_is_not_that_of_another_purpose(acme, acme_client, secret):
    for path in ("password/reset/confirm", "email/verify", "email/confirm"):
        body = {"token": secret, "password": "staple lamp seventeen"}
        assert acme_client.post(f"/api/auth/{path}/", body).status_code == 400

    assert enter(secret).headers["Location"] == "/admin/"


@pytest.mark.parametrize("purpose", sorted(set(EmailToken.Purpose) - {EmailToken.Purpose.HANDOFF}))
def test_token_of_another_purpose_is_refused(acme, owner, purpose):
    assert_refused(enter(issued(acme, purpose, owner.email, user=owner)), acme)


@transactional
def test_one_of_eight_concurrent_uses_starts_a_session(acme, secret):
    answers = in_parallel(8, lambda _: enter(secret).headers["Location"])

    assert sorted(answers) == [*[EXPIRED] * 7, "/admin/"]
    assert len(sessions(acme)) == 1


@transactional
def test_control_reading_before_writing_starts_several(acme, owner, secret):
    """The control of the race: check that the token is unused, and then use it."""

    def use_naively(_):
        with tenant_context(acme):
            token = EmailToken.objects.usable().filter(purpose="handoff").first()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.2)")
            EmailToken.objects.filter(pk=token.pk).void()
            return token is not None

    assert sum(in_parallel(8, use_naively)) > 1
