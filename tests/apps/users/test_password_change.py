"""A change of the password requires the current one (SECURITY rows 22, 24)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from apps.tenants.context import tenant_context
from apps.users.models import User
from tests.apps.api.assertions import pointers, problem
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import (
    NEW_PASSWORD,
    bearing,
    issued,
    log_in,
    mail_about,
    mails_to,
    person,
    session_of,
    text_of,
)

EMAIL = "ann@acme.example"
CHANGE = "/api/auth/password/change/"
GOOD = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
transactional = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def ann(acme):
    return person(acme, EMAIL, "manager")


@pytest.fixture
def client(acme_client, ann):
    return bearing(acme_client, session_of(ann)["access"])


def test_new_password_replaces_the_old_one(acme_client, client):
    assert log_in(acme_client, EMAIL).status_code == 200
    answer = client.post(CHANGE, GOOD)
    assert (answer.status_code, answer.content) == (204, b"")
    assert log_in(acme_client, EMAIL).status_code == 401
    assert log_in(acme_client, EMAIL, NEW_PASSWORD).status_code == 200


@pytest.mark.parametrize(
    "current", ["missing", "wrong battery", PASSWORD + " ", PASSWORD.upper(), " "]
)
def test_without_the_current_password_nothing_changes(acme_client, client, current):
    body = GOOD | {"current_password": current}
    if current == "missing":
        del body["current_password"]
    problem(client.post(CHANGE, body), 403, "wrong_password")
    assert log_in(acme_client, EMAIL).status_code == 200


def test_password_change_requires_authentication(acme_client, ann):
    problem(acme_client.post(CHANGE, GOOD), 401)


@pytest.mark.parametrize("weak", ["short", "password1", "x" * 129, "ann@acme.example"])
def test_weak_new_password_is_refused_at_its_field(acme_client, client, weak):
    assert pointers(client.post(CHANGE, GOOD | {"new_password": weak})) == {"/new_password"}
    assert log_in(acme_client, EMAIL).status_code == 200


def test_session_is_throttled_after_wrong_passwords(client):
    for _ in range(5):
        problem(client.post(CHANGE, GOOD | {"current_password": "wrong battery"}), 403)

    answer = client.post(CHANGE, GOOD)

    problem(answer, 429)
    assert int(answer.headers["Retry-After"]) >= 1


def test_wrong_passwords_of_others_do_not_block_the_user(acme_client, client):
    for number in range(6):
        log_in(acme_client, EMAIL, "wrong battery", REMOTE_ADDR=f"203.0.{number}.7")
    problem(log_in(acme_client, EMAIL), 429)

    assert client.post(CHANGE, GOOD).status_code == 204


def test_wrong_passwords_of_the_network_do_not_block_the_user(acme_client, client):
    for number in range(21):
        log_in(acme_client, f"person-{number}@acme.example", "wrong battery")
    problem(log_in(acme_client, EMAIL), 429)

    assert client.post(CHANGE, GOOD).status_code == 204


def test_wrong_passwords_of_one_session_do_not_block_another(acme_client, client, ann):
    for _ in range(6):
        client.post(CHANGE, GOOD | {"current_password": "wrong battery"})

    other = bearing(acme_client, session_of(ann)["access"])
    assert other.post(CHANGE, GOOD).status_code == 204


def test_weak_new_password_does_not_count_as_an_attempt(client):
    for _ in range(6):
        answer = client.post(CHANGE, GOOD | {"new_password": "password1"})
        assert answer.status_code == 400
    assert client.post(CHANGE, GOOD).status_code == 204


def test_wrong_passwords_at_a_change_of_email_count_too(acme_client, client, ann):
    """It requires the password too, and must not bypass the lock-out."""
    path = f"/api/users/{ann.pk}/"
    body = {"email": "new@acme.example", "current_password": "wrong battery"}
    for _ in range(5):
        problem(client.patch(path, body), 403)
    problem(client.patch(path, body | {"current_password": PASSWORD}), 429)


@pytest.mark.parametrize("extra", [{}, {"current_password": "wrong battery"}])
def test_change_of_own_email_requires_the_password(acme_client, client, ann, extra):
    path = f"/api/users/{ann.pk}/"
    problem(client.patch(path, {"email": "new@acme.example", **extra}), 403)
    answer = client.patch(path, {"email": "new@acme.example", "current_password": PASSWORD})
    assert (answer.status_code, answer.json()["email"]) == (200, EMAIL)


def test_change_voids_a_link_to_another_address(acme_client, client, ann):
    secret = issued(ann.tenant, "email_confirmation", "thief@example.com", user=ann)
    assert client.post(CHANGE, GOOD).status_code == 204

    answer = acme_client.post("/api/auth/email/confirm/", {"token": secret})

    assert pointers(answer) == {"/token"}


def test_change_voids_a_link_to_reset(acme_client, client, ann):
    secret = issued(ann.tenant, "password_reset", EMAIL, user=ann)
    assert client.post(CHANGE, GOOD).status_code == 204
    body = {"token": secret, "password": "another one entirely"}
    assert pointers(acme_client.post("/api/auth/password/reset/confirm/", body)) == {"/token"}


def test_password_changes_in_one_shop_only(globex, globex_client, client):
    person(globex, EMAIL)
    assert client.post(CHANGE, GOOD).status_code == 204
    assert log_in(globex_client, EMAIL).status_code == 200
    assert log_in(globex_client, EMAIL, NEW_PASSWORD).status_code == 401


@transactional
def test_user_is_notified_without_any_secret(client):
    assert client.post(CHANGE, GOOD).status_code == 204
    message = mail_about(EMAIL, "was changed")
    assert [word for word in GOOD.values() if word in text_of(message)] == []


@transactional
def test_refused_change_sends_no_mail(client):
    client.post(CHANGE, GOOD | {"current_password": "wrong battery"})
    assert mails_to(EMAIL) == []


def test_stored_hash_is_argon2id(acme, client):
    client.post(CHANGE, GOOD)
    with tenant_context(acme):
        assert User.objects.get(email=EMAIL).password.startswith("argon2$argon2id$")


def test_password_changes_are_limited_to_ten_per_hour(acme, acme_client):
    client = acme_client.as_(person(acme, "ann@acme.example"))
    passwords = [PASSWORD, *(f"staple lamp {number} seventeen" for number in range(11))]

    answers = [
        client.post(CHANGE, {"current_password": old, "new_password": new})
        for old, new in pairwise(passwords)
    ]

    assert [answer.status_code for answer in answers] == [204] * 10 + [429]
