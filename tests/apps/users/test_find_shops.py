"""The shops where an address has an account are sent by mail only."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import connection

from apps.tenants.models import Tenant
from tests.apps.api.assertions import pointers, problem
from tests.apps.tenants.factories import make_tenant
from tests.apps.users.support import (
    bearing,
    everything_of,
    links_in,
    log_in,
    mails_to,
    person,
    session_of,
    text_of,
)
from tests.conftest import PLATFORM, ShopClient

EMAIL = "ann@example.com"
FIND = "/api/auth/find-shops/"
transactional = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def platform(db):
    return ShopClient(PLATFORM)


def set_status(tenant, status):
    Tenant.objects.using("owner").filter(pk=tenant.pk).update(status=status)


@transactional
def test_mail_lists_exactly_the_open_shops_of_an_active_account(platform):
    names = ("one", "two", "suspended", "closed", "inactive", "others")
    shops = {name: make_tenant(f"shop-{name}", name=f"The {name} shop") for name in names}
    for name, tenant in shops.items():
        email = "bob@example.com" if name == "others" else EMAIL
        person(tenant, email, is_active=name != "inactive")
    for status in ("suspended", "closed"):
        set_status(shops[status], status)
    answer = platform.post(FIND, {"email": EMAIL.title()})
    assert answer.status_code == 202
    [message] = mails_to(EMAIL)
    shown = {shops["one"].canonical_url, shops["two"].canonical_url}
    assert {link for link in links_in(message) if "shop-" in link} == shown
    assert [name for name in names if f"The {name} shop" in text_of(message)] == []
    assert len(mail.outbox) == 1


@transactional
def test_mail_lists_twenty_shops_the_oldest_confirmed_ones_first(platform):
    for number in range(21):
        person(make_tenant(f"a-new-shop-{number:02}", confirmed_at=None), EMAIL)
    old = make_tenant("old-shop")
    person(old, EMAIL)

    platform.post(FIND, {"email": EMAIL})

    [message] = mails_to(EMAIL)
    links = [link for link in links_in(message) if "shop-" in link or "-shop" in link]
    assert (len(links), links[0]) == (20, old.canonical_url)


@transactional
def test_response_is_the_same_and_only_known_addresses_get_a_mail(platform, acme, globex):
    person(acme, EMAIL)
    person(acme, "inactive@example.com", is_active=False)
    person(globex, "gone@example.com")
    set_status(globex, "suspended")
    addresses = [EMAIL, "inactive@example.com", "gone@example.com", "nobody@example.com"]
    answers = [platform.post(FIND, {"email": address}) for address in addresses]
    assert {answer.status_code for answer in answers} == {202}
    assert len({str(everything_of(answer)) for answer in answers}) == 1
    assert [len(mails_to(address)) for address in addresses] == [1, 0, 0, 0]


@transactional
@pytest.mark.parametrize(
    "spoofed",
    [{"HTTP_X_FORWARDED_HOST": "evil.example"}, {"HTTP_HOST": "localhost:6666"}],
    ids=str,
)
def test_links_have_the_canonical_url(platform, acme, spoofed):
    person(acme, EMAIL)
    Tenant.objects.using("owner").filter(pk=acme.pk).update(canonical_url="https://cups.example/")
    assert platform.post(FIND, {"email": EMAIL}, **spoofed).status_code == 202
    [message] = mails_to(EMAIL)
    assert "https://cups.example/" in links_in(message)
    assert [word for word in ("evil", "6666") if word in text_of(message)] == []


@transactional
def test_mail_contains_no_secret(platform, acme):
    person(acme, EMAIL)
    platform.post(FIND, {"email": EMAIL})
    [message] = mails_to(EMAIL)
    assert [link for link in links_in(message) if "#" in link or "?" in link] == []


@transactional
def test_failing_mail_server_does_not_change_the_response(platform, acme, settings):
    person(acme, EMAIL)
    settings.EMAIL_BACKEND = "tests.apps.users.failing_mail.EmailBackend"
    answers = [platform.post(FIND, {"email": email}) for email in (EMAIL, "nobody@example.com")]
    assert everything_of(answers[0]) == everything_of(answers[1])
    assert answers[0].status_code == 202


@transactional
def test_search_leaves_no_tenant_active(platform, acme, globex):
    """The function sets one tenant after the other; the last one must not stay set."""
    person(acme, EMAIL)
    for _ in range(3):
        assert platform.post(FIND, {"email": EMAIL}).status_code == 202
    assert len(mails_to(EMAIL)) == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT shops_of_address(%s)", [EMAIL])
        assert cursor.fetchall() == [(acme.pk,)]
        cursor.execute("SELECT count(*) FROM users")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("email", ["", "x", None, [], {}, "missing"])
def test_bad_address_is_400_at_its_pointer(platform, email):
    body = {} if email == "missing" else {"email": email}
    assert pointers(platform.post(FIND, body)) == {"/email"}


def test_shop_host_has_no_such_endpoint(acme_client):
    problem(acme_client.post(FIND, {"email": EMAIL}), 404)


def test_token_of_a_shop_is_ignored_on_the_platform(platform, owner):
    client = bearing(platform, session_of(owner)["access"])
    paths = ("/api/auth/me/", "/api/users/", "/api/audit/", "/api/auth/sessions/")
    assert [client.get(path).status_code for path in paths] == [404] * 4


def test_responses_set_no_cookie(platform, acme_client, acme, owner):
    client = acme_client.as_(owner)
    answers = [
        platform.post(FIND, {"email": EMAIL}),
        platform.get("/.well-known/jwks.json"),
        log_in(acme_client, owner.email),
        log_in(acme_client, owner.email, "wrong battery"),
        acme_client.post("/api/auth/refresh/", {"refresh": "x"}),
        acme_client.post("/api/auth/password/reset/", {"email": EMAIL}),
        acme_client.post("/api/auth/password/reset/confirm/", {"token": "x", "password": "x"}),
        acme_client.post("/api/auth/register/", {"email": EMAIL}),
        acme_client.post("/api/auth/email/verify/", {"token": "x"}),
        acme_client.post("/api/auth/invitations/accept/", {"token": "x"}),
        client.get("/api/auth/sessions/"),
        client.get("/api/users/invitations/"),
        client.get("/api/audit/"),
        client.get("/api/docs/"),
        client.post("/api/auth/logout/"),
    ]
    assert [answer.headers.get("Set-Cookie") for answer in answers] == [None] * len(answers)


@transactional
@pytest.mark.parametrize(
    ("header", "subject"),
    [
        ("de-CH,en;q=0.5", "Ihre Shops bei Galleria"),
        ("es", "Sus tiendas en Galleria"),
        ("fr", "Your shops at Galleria"),
    ],
)
def test_mail_is_in_the_language_of_the_request(platform, acme, header, subject):
    person(acme, EMAIL)

    platform.post(FIND, {"email": EMAIL}, HTTP_ACCEPT_LANGUAGE=header)

    assert [message.subject for message in mails_to(EMAIL)] == [subject]
