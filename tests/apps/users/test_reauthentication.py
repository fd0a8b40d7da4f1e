"""Changes of owners require a recent log-in or the password."""

from __future__ import annotations

import pytest
from django.db.models.functions import Now

from apps.tenants.context import tenant_context
from apps.users.models import EmailToken, LoginSession, User
from tests.apps.api.assertions import problem
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import age, issued

NEW = {"email": "new@acme.example", "password": "staple lamp seventeen", "first_name": "Jo"}


def path(user):
    return f"/api/users/{user.pk}/"


def creates_an_owner(client, people, proof):
    return client.post("/api/users/", NEW | {"role": "owner"} | proof)


def promotes(client, people, proof):
    return client.patch(path(people["other manager"]), {"role": "owner"} | proof)


def changes_an_owner(client, people, proof):
    return client.patch(path(people["other owner"]), {"first_name": "Jo"} | proof)


def replaces_an_owner(client, people, proof):
    user = people["other owner"]
    return client.put(path(user), {"email": user.email, "role": "staff"} | proof)


def deactivates_an_owner(client, people, proof):
    return client.delete(path(people["other owner"]), proof)


def demotes_themselves(client, people, proof):
    return client.patch(path(people["owner"]), {"role": "staff"} | proof)


def logs_an_owner_out(client, people, proof):
    return client.delete(f"{path(people['other owner'])}sessions/", proof)


def invites_an_owner(client, people, proof):
    body = {"email": NEW["email"], "role": "owner"}
    return client.post("/api/users/invitations/", body | proof)


def invitation_of_an_owner(people):
    owner = people["owner"]
    issued(owner.tenant, "invitation", NEW["email"], role="owner", invited_by=owner)
    with tenant_context(owner.tenant):
        return EmailToken.objects.filter(purpose="invitation", used_at=None).get()


def withdraws_an_owners_invitation(client, people, proof):
    return client.delete(f"/api/users/invitations/{invitation_of_an_owner(people).pk}/", proof)


DEEDS = [
    creates_an_owner,
    promotes,
    changes_an_owner,
    replaces_an_owner,
    deactivates_an_owner,
    demotes_themselves,
    logs_an_owner_out,
    invites_an_owner,
    withdraws_an_owners_invitation,
]
named = pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)


@pytest.fixture
def client(acme, as_):
    """The owner, ten minutes after the log-in."""
    client = as_("owner")
    age(acme, LoginSession, minutes=10)
    return client


def stored(acme):
    with tenant_context(acme):
        return list(User.objects.order_by("pk").values())


@named
def test_old_session_without_the_password_is_refused(client, acme, people, deed):
    before = stored(acme)

    problem(deed(client, people, {}), 403, "password_required")

    assert stored(acme) == before


@named
def test_old_session_with_a_wrong_password_is_refused(client, acme, people, deed):
    before = stored(acme)

    problem(deed(client, people, {"current_password": "wrong battery"}), 403, "wrong_password")

    assert stored(acme) == before


@named
def test_old_session_with_the_password_is_permitted(client, people, deed):
    assert deed(client, people, {"current_password": PASSWORD}).status_code in {200, 201, 204}


@named
def test_recent_login_is_permitted(as_, people, acme, deed):
    client = as_("owner")
    age(acme, LoginSession, minutes=9)

    assert deed(client, people, {}).status_code in {200, 201, 204}


def test_wrong_passwords_are_counted(client, people):
    for _ in range(5):
        promotes(client, people, {"current_password": "wrong battery"})

    problem(promotes(client, people, {"current_password": PASSWORD}), 429)


def test_wrong_passwords_with_a_delete_are_counted(client, people):
    invitation = invitation_of_an_owner(people)
    path = f"/api/users/invitations/{invitation.pk}/"

    answers = [client.delete(path, {"current_password": "wrong battery"}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [403] * 5 + [429]


@pytest.mark.parametrize("value", [1, None, "", [], "x" * 129])
def test_password_of_another_type_is_400(client, people, value):
    assert promotes(client, people, {"current_password": value}).status_code == 400


def test_old_session_may_do_everything_else(client, people):
    answers = [
        client.post("/api/users/", NEW | {"role": "manager"}),
        client.patch(path(people["other staff"]), {"role": "manager"}),
        client.delete(f"{path(people['other staff'])}sessions/"),
        client.get(path(people["other owner"])),
        client.delete(f"{path(people['owner'])}sessions/"),
    ]

    assert [answer.status_code for answer in answers] == [201, 200, 204, 200, 204]


def test_refresh_is_not_a_recent_login(client, acme, people):
    with tenant_context(acme):
        LoginSession.objects.update(rotated_at=Now())

    problem(promotes(client, people, {}), 403, "password_required")
