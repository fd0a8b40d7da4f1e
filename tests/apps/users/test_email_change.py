"""A new e-mail takes effect when the link mailed to it is used."""

from __future__ import annotations

import pytest

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import User
from tests.apps.api.assertions import pointers, problem
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import (
    NEW_PASSWORD,
    issued,
    log_in,
    mail_about,
    mails_to,
    person,
    secret_in,
    shop_client,
)

EMAIL, NEW = "ann@acme.example", "new@acme.example"
CONFIRM = "/api/auth/email/confirm/"
transactional = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def path(user):
    return f"/api/users/{user.pk}/"


def email_of(user):
    with tenant_context(user.tenant):
        return User.objects.get(pk=user.pk).email


def confirm(client, secret, **password):
    return client.post(CONFIRM, {"token": secret, **password})


@transactional
def test_email_changes_when_the_link_is_used(acme):
    client, owner, ann = (
        shop_client(acme),
        person(acme, "o@acme.example", "owner"),
        person(acme, EMAIL),
    )

    answer = client.as_(owner).patch(path(ann), {"email": NEW.upper(), "first_name": "Anne"})

    assert (answer.status_code, answer.json()["email"]) == (200, EMAIL)
    assert answer.json()["first_name"] == "Anne"
    assert log_in(client, NEW).status_code == 401
    secret = secret_in(mail_about(NEW, "Confirm"))
    assert confirm(client, secret).status_code == 204
    assert (email_of(ann), log_in(client, NEW).status_code) == (NEW, 200)
    assert confirm(client, secret).status_code == 400


@transactional
def test_previous_address_is_notified_of_request_and_change(acme):
    client, ann = shop_client(acme), person(acme, EMAIL)
    client.as_(person(acme, "o@acme.example", "owner")).patch(path(ann), {"email": NEW})
    [notice] = mails_to(EMAIL)
    assert (notice.subject, "?token" in notice.body) == (
        "Your e-mail address for Acme is to change",
        False,
    )

    confirm(client, secret_in(mail_about(NEW, "Confirm")))

    assert [message.subject for message in mails_to(EMAIL)] == [
        "Your e-mail address for Acme is to change",
        "Your e-mail address for Acme was changed",
    ]


@transactional
def test_new_request_voids_earlier_links(acme):
    client, ann = shop_client(acme), person(acme, EMAIL)
    owner = client.as_(person(acme, "o@acme.example", "owner"))
    secrets = []
    for email in (NEW, "newer@acme.example"):
        owner.patch(path(ann), {"email": email})
        secrets.append(secret_in(mail_about(email, "Confirm")))

    assert [confirm(client, secret).status_code for secret in secrets] == [400, 204]


@pytest.mark.parametrize("method", ["patch", "put"])
@pytest.mark.parametrize(
    ("actor", "target", "status"),
    [
        ("owner", "other manager", 200),
        ("owner", "other owner", 200),
        ("manager", "other owner", 403),
        ("manager", "other manager", 403),
        ("manager", "other staff", 200),
        ("manager", "other customer", 200),
        ("staff", "other customer", 403),
    ],
)
def test_permission_to_change_an_email_depends_on_both_roles(
    as_, people, method, actor, target, status
):
    user = people[target]
    body = {"email": NEW, "first_name": "Kim", "role": user.role}

    answer = getattr(as_(actor), method)(path(user), body)

    assert (answer.status_code, email_of(user)) == (status, user.email)
    with tenant_context(user.tenant):
        assert user.email_tokens.count() == (status == 200)


def test_manager_cannot_demote_and_change_the_email_at_once(as_, people):
    body = {"email": NEW, "role": "staff"}

    problem(as_("manager").patch(path(people["other manager"]), body), 403)


def test_link_is_void_when_the_user_is_promoted_meanwhile(acme_client, as_, people):
    """The manager had the permission to change a customer, not an owner."""
    user = people["other customer"]
    secret = issued(user.tenant, "email_confirmation", NEW, user=user)
    assert as_("owner").patch(path(user), {"role": "owner"}).status_code == 200

    assert pointers(confirm(acme_client, secret)) == {"/token"}
    assert email_of(user) == user.email


def test_manager_changes_their_email_with_the_password(as_, people):
    body = {"email": NEW, "current_password": PASSWORD}

    assert as_("manager").patch(path(people["manager"]), body).status_code == 200


def test_link_is_void_when_the_address_was_taken_meanwhile(acme_client, acme):
    ann = person(acme, EMAIL)
    secret = issued(acme, "email_confirmation", NEW, user=ann)
    person(acme, NEW)

    assert pointers(confirm(acme_client, secret)) == {"/token"}
    assert email_of(ann) == EMAIL


def test_link_is_void_for_a_user_who_was_deactivated(acme_client, acme):
    ann = person(acme, EMAIL, is_active=False)
    secret = issued(acme, "email_confirmation", NEW, user=ann)

    assert pointers(confirm(acme_client, secret)) == {"/token"}


def test_request_ends_no_session(acme_client, as_, people):
    client = as_("other staff")

    as_("owner").patch(path(people["other staff"]), {"email": NEW})

    assert client.get("/api/auth/me/").status_code == 200


# --- The confirmation of a shop ------------------------------------------------------------


def confirmed_at(tenant):
    return Tenant.objects.get(pk=tenant.pk).confirmed_at


@pytest.fixture
def unconfirmed(acme):
    with tenant_context(acme):
        Tenant.objects.filter(pk=acme.pk).update(confirmed_at=None)
    return acme


def test_owners_link_confirms_the_shop(acme_client, unconfirmed, owner):
    secret = issued(unconfirmed, "email_confirmation", owner.email, user=owner)

    assert confirm(acme_client, secret, password=NEW_PASSWORD).status_code == 204

    assert confirmed_at(unconfirmed) is not None


def test_link_that_confirms_a_shop_sets_the_password_and_ends_all_sessions(
    acme_client, unconfirmed, owner
):
    """The present password may be that of another person, who entered this address."""
    client = acme_client.as_(owner)
    secret = issued(unconfirmed, "email_confirmation", owner.email, user=owner)

    confirm(acme_client, secret, password=NEW_PASSWORD)

    assert client.get("/api/auth/me/").status_code == 401
    assert log_in(acme_client, owner.email, PASSWORD).status_code == 401
    assert log_in(acme_client, owner.email, NEW_PASSWORD).status_code == 200


@pytest.mark.parametrize("password", [{}, {"password": "short"}, {"password": "password1"}])
def test_link_that_confirms_a_shop_requires_a_valid_password(
    acme_client, unconfirmed, owner, password
):
    secret = issued(unconfirmed, "email_confirmation", owner.email, user=owner)

    assert pointers(confirm(acme_client, secret, **password)) == {"/password"}

    assert confirmed_at(unconfirmed) is None
    assert confirm(acme_client, secret, password=NEW_PASSWORD).status_code == 204


def test_link_to_a_new_address_sets_no_password(acme_client, acme):
    ann = person(acme, EMAIL)
    secret = issued(acme, "email_confirmation", NEW, user=ann)

    confirm(acme_client, secret, password=NEW_PASSWORD)

    assert log_in(acme_client, NEW, PASSWORD).status_code == 200


def test_owners_reset_by_mail_confirms_the_shop(acme_client, unconfirmed, owner):
    secret = issued(unconfirmed, "password_reset", owner.email, user=owner)

    acme_client.post(
        "/api/auth/password/reset/confirm/", {"token": secret, "password": "staple lamp seventeen"}
    )

    assert confirmed_at(unconfirmed) is not None


def test_owner_who_accepts_an_invitation_confirms_the_shop(acme_client, unconfirmed, owner):
    secret = issued(unconfirmed, "invitation", NEW, role="owner", invited_by=owner)
    body = {"token": secret, "password": "staple lamp seventeen", "first_name": "Ann"}

    assert acme_client.post("/api/auth/invitations/accept/", body).status_code == 201

    assert confirmed_at(unconfirmed) is not None


@pytest.mark.parametrize("role", ["owner", "manager", "staff", "customer"])
def test_change_of_email_does_not_confirm_the_shop(acme_client, unconfirmed, role):
    user = person(unconfirmed, EMAIL, role)
    secret = issued(unconfirmed, "email_confirmation", NEW, user=user)

    assert confirm(acme_client, secret).status_code == 204

    assert confirmed_at(unconfirmed) is None


def test_password_change_keeps_the_link_that_confirms_the_shop(acme_client, unconfirmed, owner):
    secret = issued(unconfirmed, "email_confirmation", owner.email, user=owner)
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert acme_client.as_(owner).post("/api/auth/password/change/", body).status_code == 204

    assert confirm(acme_client, secret, password="another good one").status_code == 204


@transactional
def test_mails_for_changes_of_email_are_limited(acme):
    client, ann = (
        shop_client(acme).as_(person(acme, "o@acme.example", "owner")),
        person(acme, EMAIL),
    )

    answers = [client.patch(path(ann), {"email": f"s{n}@acme.example"}) for n in range(51)]

    assert [answer.status_code for answer in answers] == [200] * 50 + [429]
    assert mails_to("s49@acme.example") != []
    assert mails_to("s50@acme.example") == []
