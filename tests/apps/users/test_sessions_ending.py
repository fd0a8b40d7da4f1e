"""An ended session is refused at the next request (SECURITY rows 6, 20, 21, 22)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.tenants.context import tenant_context
from apps.users.models import EmailToken, User
from tests.apps.products.factories import make_product
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import (
    NEW_PASSWORD,
    bearing,
    everything_of,
    issued,
    log_in,
    me,
    person,
    refresh,
    session_of,
)

EMAIL = "ann@acme.example"


@pytest.fixture
def ann(acme, owner):
    return person(acme, EMAIL, "manager")


@pytest.fixture
def shown(ann):
    return session_of(ann)


def by_logout(client, owner, ann, shown):
    return bearing(client, shown["access"]).post("/api/auth/logout/")


def by_ending_it_from_elsewhere(client, owner, ann, shown):
    elsewhere = bearing(client, session_of(ann)["access"])
    return elsewhere.delete(f"/api/auth/sessions/{shown['id']}/")


def by_ending_itself(client, owner, ann, shown):
    return bearing(client, shown["access"]).delete(f"/api/auth/sessions/{shown['id']}/")


def by_owner_ending_all(client, owner, ann, shown):
    return client.as_(owner).delete(f"/api/users/{ann.pk}/sessions/")


def by_owner_deactivating(client, owner, ann, shown):
    return client.as_(owner).delete(f"/api/users/{ann.pk}/")


def by_owner_switching_off(client, owner, ann, shown):
    return client.as_(owner).patch(f"/api/users/{ann.pk}/", {"is_active": False})


def by_confirming_a_new_email(client, owner, ann, shown):
    purpose = EmailToken.Purpose.EMAIL_CONFIRMATION
    secret = issued(ann.tenant, purpose, "new@acme.example", user=ann)
    return client.post("/api/auth/email/confirm/", {"token": secret})


def by_password_change_elsewhere(client, owner, ann, shown):
    elsewhere = bearing(client, session_of(ann)["access"])
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    return elsewhere.post("/api/auth/password/change/", body)


def by_password_reset(client, owner, ann, shown):
    secret = issued(ann.tenant, EmailToken.Purpose.PASSWORD_RESET, EMAIL, user=ann)
    body = {"token": secret, "password": NEW_PASSWORD}
    return client.post("/api/auth/password/reset/confirm/", body)


def by_operator_switching_off(client, owner, ann, shown):
    """A change of the row that bypasses the application."""
    with tenant_context(ann.tenant):
        User.objects.filter(pk=ann.pk).update(is_active=False)


ENDINGS = [
    by_logout,
    by_ending_it_from_elsewhere,
    by_ending_itself,
    by_owner_ending_all,
    by_owner_deactivating,
    by_owner_switching_off,
    by_confirming_a_new_email,
    by_password_change_elsewhere,
    by_password_reset,
    by_operator_switching_off,
]


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
def test_next_request_is_refused(acme_client, owner, ann, shown, end):
    assert me(acme_client, shown["access"]) == 200
    answer = end(acme_client, owner, ann, shown)
    assert answer is None or answer.status_code in {200, 204}, answer.content
    refused = bearing(acme_client, shown["access"]).get("/api/auth/me/")
    unknown = bearing(acme_client, "a.b.c").get("/api/auth/me/")
    assert everything_of(refused) == everything_of(unknown)
    assert refused.status_code == 401
    for _ in range(2):
        assert refresh(acme_client, shown["refresh"]).status_code == 401
        assert me(acme_client, shown["access"]) == 401


@pytest.mark.parametrize(
    "end", [by_owner_deactivating, by_owner_switching_off, by_operator_switching_off]
)
def test_reactivation_does_not_restore_sessions(acme_client, owner, ann, shown, end):
    end(acme_client, owner, ann, shown)
    answer = acme_client.as_(owner).patch(f"/api/users/{ann.pk}/", {"is_active": True})
    assert answer.json()["is_active"] is True
    assert me(acme_client, shown["access"]) == 401
    assert refresh(acme_client, shown["refresh"]).status_code == 401
    assert log_in(acme_client, EMAIL).status_code == 200


@pytest.mark.parametrize(
    "end", [by_logout, by_ending_it_from_elsewhere, by_ending_itself], ids=lambda end: end.__name__
)
def test_other_sessions_stay_valid(acme_client, owner, ann, shown, end):
    other = session_of(ann)
    assert end(acme_client, owner, ann, shown).status_code == 204
    assert me(acme_client, other["access"]) == 200
    assert refresh(acme_client, other["refresh"]).status_code == 200


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
def test_sessions_of_other_users_stay_valid(
    acme_client, owner, ann, shown, end, acme, globex, globex_client
):
    others = [
        (acme_client, session_of(person(acme, "bob@acme.example"))),
        (globex_client, session_of(person(globex, EMAIL, "manager"))),
    ]
    end(acme_client, owner, ann, shown)
    for client, theirs in others:
        assert me(client, theirs["access"]) == 200
        assert refresh(client, theirs["refresh"]).status_code == 200


def test_session_that_changed_the_password_stays_valid(acme_client, ann, shown):
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    answer = bearing(acme_client, shown["access"]).post("/api/auth/password/change/", body)
    assert answer.status_code == 204
    assert me(acme_client, shown["access"]) == 200
    assert refresh(acme_client, shown["refresh"]).status_code == 200


def test_update_without_a_new_email_ends_no_session(acme_client, owner, ann, shown):
    body = {"email": EMAIL.upper(), "first_name": "Anne"}
    answer = acme_client.as_(owner).patch(f"/api/users/{ann.pk}/", body)
    assert (answer.status_code, answer.json()["first_name"]) == (200, "Anne")
    assert me(acme_client, shown["access"]) == 200


def test_role_takes_effect_with_the_next_request(acme_client, owner, ann, shown):
    client = bearing(acme_client, shown["access"])
    assert client.post("/api/products/", {"name": "Cup", "code": "cup"}).status_code == 201
    acme_client.as_(owner).patch(f"/api/users/{ann.pk}/", {"role": "customer"})
    assert client.post("/api/products/", {"name": "Jug", "code": "jug"}).status_code == 403


def test_logging_out_twice_is_refused(acme_client, shown):
    client = bearing(acme_client, shown["access"])
    assert [client.post("/api/auth/logout/").status_code for _ in range(2)] == [204, 401]


@pytest.mark.parametrize("rows", [1, 3])
def test_authentication_takes_one_query(acme_client, acme, ann, shown, rows):
    with tenant_context(acme):
        for _ in range(rows):
            make_product()
    client = bearing(acme_client, shown["access"])
    client.get("/api/products/")  # the shop is known from here on
    with CaptureQueriesContext(connection) as captured:
        answer = client.get("/api/products/")
    assert len(answer.json()["results"]) == rows
    assert len(captured) == 2, [query["sql"] for query in captured]
    [check] = [query["sql"] for query in captured if '"sessions"' in query["sql"]]
    assert 'JOIN "users"' in check
