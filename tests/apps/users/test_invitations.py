"""Invitations to the team of a shop."""

from __future__ import annotations

from uuid import uuid4

import pytest

from apps.tenants.context import tenant_context
from apps.users.models import EmailToken, LoginSession, User
from tests.apps.api.assertions import pointers, problem
from tests.apps.jobs.runs import run_all_jobs
from tests.apps.tenants.factories import make_tenant
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import (
    NEW_PASSWORD,
    age,
    bearing,
    everything_of,
    issued,
    links_in,
    log_in,
    mails_to,
    person,
    secret_in,
    session_of,
    shop_client,
    text_of,
)

EMAIL = "ann@example.com"
INVITATIONS, ACCEPT = "/api/users/invitations/", "/api/auth/invitations/accept/"
BODY = {"email": EMAIL, "role": "staff"}
FIELDS = {"id", "email", "role", "invited_by", "created_at", "expires_at"}
transactional = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def accept(client, secret, **changes):
    body = {"token": secret, "password": NEW_PASSWORD, "first_name": "Ann", "last_name": "Lee"}
    return client.post(ACCEPT, body | changes)


def invitation(inviter, email=EMAIL, role="staff"):
    """Return the secret of an invitation, without its mail."""
    return issued(inviter.tenant, "invitation", email, role=role, invited_by=inviter)


@transactional
def test_accepted_invitation_creates_a_user_with_its_role(acme):
    client, owner = shop_client(acme), person(acme, "owner@acme.example", "owner")
    answer = client.as_(owner).post(INVITATIONS, BODY | {"email": EMAIL.upper()})
    assert (answer.status_code, set(answer.json())) == (201, FIELDS)
    shown = answer.json()
    assert (shown["email"], shown["role"], shown["invited_by"]) == (EMAIL, "staff", str(owner.pk))
    [message] = mails_to(EMAIL)
    assert {link.partition("?")[0] for link in links_in(message)} == {
        acme.canonical_url,
        f"{acme.canonical_url}accept-invitation",
    }
    secret = secret_in(message)
    assert secret not in str(shown)
    answer = accept(client, secret)
    assert (answer.status_code, answer.json()["role"]) == (201, "staff")
    assert "password" not in answer.json()
    assert log_in(client, EMAIL, NEW_PASSWORD).status_code == 200
    assert accept(client, secret).status_code == 400


@transactional
def test_mail_names_the_role_in_the_language_of_the_shop():
    shop = make_tenant("pear", name="Pear", language="de")
    owner = person(shop, "owner@pear.example", "owner")

    shop_client(shop).as_(owner).post(INVITATIONS, BODY | {"role": "manager"})

    [message] = mails_to(EMAIL)
    assert "Ihre Rolle dort: Leitung." in text_of(message)


@transactional
@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (("Kim", "Lee"), "Kim Lee"),
        (("Gall", "eria"), "o at acme. example"),
        (("", ""), "o at acme."),
    ],
)
def test_inviter_is_named_unless_the_name_is_reserved(acme, names, shown):
    first, last = names
    inviter = person(acme, "o@acme.example", "owner", first_name=first, last_name=last)

    shop_client(acme).as_(inviter).post(INVITATIONS, BODY)

    [message] = mails_to(EMAIL)
    assert message.body.startswith(shown)
    assert "Gall eria" not in message.body


@pytest.mark.parametrize(
    ("role", "invites"),
    [
        ("owner", {"owner": 201, "manager": 201, "staff": 201, "customer": 201}),
        ("manager", {"owner": 403, "manager": 201, "staff": 201, "customer": 201}),
        ("staff", {"owner": 403, "manager": 403, "staff": 403, "customer": 403}),
        ("customer", {"owner": 403, "manager": 403, "staff": 403, "customer": 403}),
    ],
)
def test_permission_to_invite_depends_on_both_roles(acme_client, acme, role, invites):
    client = acme_client.as_(person(acme, "actor@acme.example", role))
    answers = {
        wanted: client.post(INVITATIONS, {"email": f"{wanted}@example.com", "role": wanted})
        for wanted in invites
    }
    assert {wanted: answer.status_code for wanted, answer in answers.items()} == invites
    status = 200 if role in {"owner", "manager"} else 403
    assert client.get(INVITATIONS).status_code == status


def test_invitation_requires_authentication(acme_client):
    for answer in (acme_client.get(INVITATIONS), acme_client.post(INVITATIONS, BODY)):
        problem(answer, 401)


def test_list_has_pending_invitations_without_secrets(acme_client, owner):
    invitation(owner, "bob@example.com", "manager")
    secret = invitation(owner)
    used = invitation(owner, "used@example.com")
    assert accept(acme_client, used).status_code == 201
    answer = acme_client.as_(owner).get(INVITATIONS)
    found = answer.json()["results"]
    assert [set(row) for row in found] == [FIELDS] * 2
    assert {(row["email"], row["role"]) for row in found} == {
        (EMAIL, "staff"),
        ("bob@example.com", "manager"),
    }
    assert secret not in answer.content.decode()
    assert "hash" not in answer.content.decode()


def test_list_has_no_tokens_of_other_purposes(acme_client, owner):
    issued(owner.tenant, "password_reset", owner.email, user=owner)
    issued(owner.tenant, "email_verification", "bob@example.com", account={})
    assert acme_client.as_(owner).get(INVITATIONS).json()["results"] == []


def test_invitation_expires_after_an_hour(acme_client, acme):
    secret = invitation(person(acme, "owner@acme.example", "owner"))
    age(acme, EmailToken, minutes=61)
    assert accept(acme_client, secret).status_code == 400


def test_withdrawn_invitation_is_void(acme_client, owner):
    secret = invitation(owner)
    client = acme_client.as_(owner)
    [row] = client.get(INVITATIONS).json()["results"]
    assert client.delete(f"{INVITATIONS}{row['id']}/").status_code == 204
    assert client.get(INVITATIONS).json()["results"] == []
    assert pointers(accept(acme_client, secret)) == {"/token"}
    assert client.delete(f"{INVITATIONS}{row['id']}/").status_code == 404


def test_invitation_of_another_shop_is_404_like_an_unknown_one(
    acme_client, globex_client, owner, globex_owner
):
    secret = invitation(globex_owner)
    [row] = globex_client.as_(globex_owner).get(INVITATIONS).json()["results"]
    client = acme_client.as_(owner)
    assert client.get(INVITATIONS).json()["results"] == []
    never = client.delete(f"{INVITATIONS}{uuid4()}/")
    assert never.status_code == 404
    assert everything_of(client.delete(f"{INVITATIONS}{row['id']}/")) == everything_of(never)
    assert accept(acme_client, secret).status_code == 400
    assert accept(globex_client, secret).status_code == 201


@transactional
def test_inviting_again_voids_the_earlier_link(acme):
    client = shop_client(acme)
    owner = client.as_(person(acme, "owner@acme.example", "owner"))
    for role in ("manager", "staff"):
        assert owner.post(INVITATIONS, {"email": EMAIL, "role": role}).status_code == 201
        run_all_jobs()
    first, second = sorted(mails_to(EMAIL), key=lambda m: "staff" in text_of(m))
    assert [row["role"] for row in owner.get(INVITATIONS).json()["results"]] == ["staff"]
    assert accept(client, secret_in(first)).status_code == 400
    assert accept(client, secret_in(second)).json()["role"] == "staff"


@pytest.mark.parametrize("is_active", [True, False])
def test_existing_user_is_not_invited(acme_client, acme, owner, is_active):
    person(acme, EMAIL, is_active=is_active)
    answer = acme_client.as_(owner).post(INVITATIONS, BODY | {"email": EMAIL.upper()})
    assert pointers(answer) == {"/email"}


def test_user_of_another_shop_is_invited(acme_client, owner, globex):
    person(globex, EMAIL)
    assert acme_client.as_(owner).post(INVITATIONS, BODY).status_code == 201


def test_invitation_is_void_when_the_address_was_taken_meanwhile(acme_client, acme, owner):
    secret = invitation(owner, role="owner")
    person(acme, EMAIL)
    assert accept(acme_client, secret).status_code in {400, 409}
    with tenant_context(acme):
        assert User.objects.get(email=EMAIL).role == "customer"


def test_other_fields_of_the_body_are_ignored(acme_client, acme, owner):
    secret = invitation(owner)
    extra = {"role": "owner", "email": "x@example.com", "is_active": False, "id": str(uuid4())}
    answer = accept(acme_client, secret, **extra)
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["email"], shown["role"], shown["is_active"]) == (EMAIL, "staff", True)
    assert shown["id"] != extra["id"]


@pytest.mark.parametrize("weak", ["short", "password1", EMAIL, "x" * 129])
def test_invitation_stays_valid_after_a_weak_password(acme_client, owner, weak):
    secret = invitation(owner)
    assert pointers(accept(acme_client, secret, password=weak)) == {"/password"}
    assert accept(acme_client, secret).status_code == 201


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"role": "staff"}, "/email"),
        ({"email": "x", "role": "staff"}, "/email"),
        ({"email": EMAIL}, "/role"),
        ({"email": EMAIL, "role": "god"}, "/role"),
        ({"email": EMAIL, "role": ["owner"]}, "/role"),
        ({"email": EMAIL, "role": None}, "/role"),
    ],
)
def test_bad_invitation_is_400_at_its_pointer(acme_client, owner, body, pointer):
    assert pointers(acme_client.as_(owner).post(INVITATIONS, body)) == {pointer}


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "customer"}])
def test_invitation_is_void_when_the_inviter_lost_the_permission(acme_client, acme, owner, change):
    """Otherwise a removed owner could return with an invitation that they sent before."""
    rogue = person(acme, "rogue@acme.example", "owner")
    secret = invitation(rogue, role="owner")
    answer = acme_client.as_(owner).patch(f"/api/users/{rogue.pk}/", change)
    assert answer.status_code == 200
    assert accept(acme_client, secret).status_code == 400


def test_manager_cannot_withdraw_an_invitation_of_an_owner(acme_client, acme, owner):
    """A manager may not change an owner, and therefore no future owner."""
    invitation(owner, role="owner")
    [row] = acme_client.as_(owner).get(INVITATIONS).json()["results"]
    manager = bearing(
        acme_client, session_of(person(acme, "manager@acme.example", "manager"))["access"]
    )
    problem(manager.delete(f"{INVITATIONS}{row['id']}/"), 403)


@pytest.mark.parametrize("path", [INVITATIONS, "/api/users/"])
def test_manager_cannot_replace_an_invitation_of_an_owner(acme_client, acme, owner, path):
    secret = invitation(owner, role="owner")
    manager = acme_client.as_(person(acme, "manager@acme.example", "manager"))

    answer = manager.post(path, BODY | {"password": NEW_PASSWORD})

    problem(answer, 403)
    assert accept(acme_client, secret).json()["role"] == "owner"


@pytest.mark.parametrize("role", ["manager", "staff", "customer"])
def test_manager_replaces_any_other_invitation(acme_client, acme, owner, role):
    secret = invitation(owner, role=role)
    manager = acme_client.as_(person(acme, "manager@acme.example", "manager"))

    assert manager.post(INVITATIONS, BODY).status_code == 201

    assert accept(acme_client, secret).status_code == 400


def test_manager_replaces_an_expired_invitation_of_an_owner(acme_client, acme, owner):
    invitation(owner, role="owner")
    age(acme, EmailToken, minutes=61)
    manager = acme_client.as_(person(acme, "manager@acme.example", "manager"))

    assert manager.post(INVITATIONS, BODY).status_code == 201


def test_owner_replaces_an_owners_invitation_after_a_recent_log_in(acme_client, acme, owner):
    invitation(owner, role="owner")
    client = acme_client.as_(owner)
    age(acme, LoginSession, minutes=10)

    problem(client.post(INVITATIONS, BODY), 403, "password_required")
    assert client.post(INVITATIONS, BODY | {"current_password": PASSWORD}).status_code == 201


def test_manager_cannot_assign_an_address_invited_as_owner(acme_client, acme, owner):
    invitation(owner, role="owner")
    manager = acme_client.as_(person(acme, "manager@acme.example", "manager"))
    staff = person(acme, "staff@acme.example", "staff")

    problem(manager.patch(f"/api/users/{staff.pk}/", {"email": EMAIL}), 403)
