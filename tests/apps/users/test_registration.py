"""The registration of customers does not reveal existing accounts."""

from __future__ import annotations

import pytest

from apps.tenants.context import tenant_context
from apps.users.models import EmailToken, User
from tests.apps.api.assertions import pointers
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import (
    NEW_PASSWORD,
    age,
    bearing,
    everything_of,
    links_in,
    log_in,
    mail_about,
    mails_to,
    person,
    secret_in,
    shop_client,
    tokens,
)

EMAIL = "ann@example.com"
REGISTER, VERIFY = "/api/auth/register/", "/api/auth/email/verify/"
BODY = {"email": EMAIL, "first_name": "Ann", "last_name": "Lee"}
transactional = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def registered(tenant, changes=None):
    """Register and return the secret of the mail."""
    answer = shop_client(tenant).post(REGISTER, BODY | (changes or {}))
    assert answer.status_code == 202, answer.content
    return secret_in(mails_to(EMAIL)[-1])


def verify(tenant, secret, password=NEW_PASSWORD):
    return shop_client(tenant).post(VERIFY, {"token": secret, "password": password})


def people(tenant):
    with tenant_context(tenant):
        return list(User.objects.order_by("created_at").values_list("email", "role"))


@transactional
def test_verified_customer_logs_in_with_their_password(acme):
    client = shop_client(acme)
    secret = registered(acme, {"email": EMAIL.title()})
    assert people(acme) == []
    assert log_in(client, EMAIL, NEW_PASSWORD).status_code == 401
    answer = verify(acme, secret)
    assert (answer.status_code, answer.content) == (204, b"")
    assert people(acme) == [(EMAIL, "customer")]
    access = tokens(client, EMAIL, NEW_PASSWORD)["access"]
    me = bearing(client, access).get("/api/auth/me/").json()
    assert (me["first_name"], me["last_name"], me["role"]) == ("Ann", "Lee", "customer")


@transactional
def test_verification_works_once(acme):
    secret = registered(acme)
    statuses = [verify(acme, secret).status_code for _ in range(3)]
    assert statuses == [204, 400, 400]


@transactional
@pytest.mark.parametrize(("minutes", "status"), [(59, 204), (61, 400)])
def test_verification_expires_after_an_hour(acme, minutes, status):
    secret = registered(acme)
    age(acme, EmailToken, minutes=minutes)
    assert verify(acme, secret).status_code == status
    assert len(people(acme)) == (status == 204)


@transactional
@pytest.mark.parametrize("is_active", [True, False])
def test_known_address_gets_another_mail_and_the_same_response(acme, is_active):
    client = shop_client(acme)
    person(acme, EMAIL, "owner", is_active=is_active)
    known = client.post(REGISTER, BODY)
    unknown = client.post(REGISTER, BODY | {"email": "bob@example.com"})
    assert everything_of(known) == everything_of(unknown)
    assert known.status_code == 202
    mail_about("bob@example.com", "Confirm")
    message = mail_about(EMAIL, "already")
    assert set(links_in(message)) == {acme.canonical_url}
    assert len(mails_to(EMAIL)) == 1
    with tenant_context(acme):
        assert list(EmailToken.objects.filter(email=EMAIL)) == []
    assert log_in(client, EMAIL, NEW_PASSWORD).status_code == 401
    assert log_in(client, EMAIL, PASSWORD).status_code == (200 if is_active else 401)


@transactional
def test_verification_is_void_when_the_address_was_taken_meanwhile(acme):
    secret = registered(acme)
    person(acme, EMAIL, "staff")
    answer = verify(acme, secret)
    assert answer.status_code in {400, 409}
    assert people(acme) == [(EMAIL, "staff")]
    assert log_in(shop_client(acme), EMAIL, PASSWORD).status_code == 200


@transactional
def test_same_address_in_two_shops_is_two_users(acme, globex):
    for tenant, password in ((acme, NEW_PASSWORD), (globex, "another one entirely")):
        secret = registered(tenant)
        assert verify(tenant, secret, password).status_code == 204
    assert people(acme) == people(globex) == [(EMAIL, "customer")]
    assert log_in(shop_client(acme), EMAIL, NEW_PASSWORD).status_code == 200
    assert log_in(shop_client(globex), EMAIL, NEW_PASSWORD).status_code == 401
    body = {"current_password": NEW_PASSWORD, "new_password": "yet another password"}
    client = bearing(shop_client(acme), tokens(shop_client(acme), EMAIL, NEW_PASSWORD)["access"])
    assert client.post("/api/auth/password/change/", body).status_code == 204
    assert log_in(shop_client(globex), EMAIL, "another one entirely").status_code == 200
    with tenant_context(acme):
        id_at_acme = User.objects.get().pk
    with tenant_context(globex):
        assert User.objects.get().pk != id_at_acme


@transactional
def test_password_of_a_registration_is_ignored(acme):
    """A client that registers another person's address must not choose the password."""
    secret = registered(acme, {"password": "what the thief chose"})

    assert verify(acme, secret).status_code == 204

    assert log_in(shop_client(acme), EMAIL, "what the thief chose").status_code == 401
    assert log_in(shop_client(acme), EMAIL, NEW_PASSWORD).status_code == 200


@transactional
def test_password_of_a_registration_is_not_stored(acme):
    registered(acme, {"password": "what the thief chose"})

    with tenant_context(acme):
        assert EmailToken.objects.get().account == {"first_name": "Ann", "last_name": "Lee"}


@transactional
@pytest.mark.parametrize("password", ["missing", "short", "password1", EMAIL])
def test_link_stays_valid_after_a_refused_password(acme, password):
    secret = registered(acme)
    body = {"token": secret, "password": password}
    if password == "missing":
        del body["password"]

    assert pointers(shop_client(acme).post(VERIFY, body)) == {"/password"}

    assert people(acme) == []
    assert verify(acme, secret).status_code == 204


@transactional
def test_only_the_newest_link_creates_an_account(acme):
    older, newest = registered(acme), registered(acme)

    assert [verify(acme, secret).status_code for secret in (older, newest)] == [400, 204]


@transactional
def test_other_fields_of_the_body_are_ignored(acme):
    extra = {"role": "owner", "is_active": False, "tenant": "x", "tenant_id": "x", "id": "x"}
    secret = registered(acme, extra)
    assert verify(acme, secret).status_code == 204
    with tenant_context(acme):
        user = User.objects.get()
    assert (user.role, user.is_active, user.tenant_id) == ("customer", True, acme.pk)


@pytest.mark.parametrize("field", ["email", "first_name"])
@pytest.mark.parametrize("value", [None, "", [], {}, "missing"])
def test_bad_registration_is_400_at_its_pointer(acme_client, field, value):
    body = BODY | {field: value}
    if value == "missing":
        del body[field]
    assert pointers(acme_client.post(REGISTER, body)) == {f"/{field}"}


def test_platform_has_no_registration(platform):
    assert platform.post(REGISTER, BODY).status_code == 404
