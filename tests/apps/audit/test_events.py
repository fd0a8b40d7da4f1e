"""The recorded actions, with their actors and clients."""

from __future__ import annotations

import pytest

from apps.audit.models import AuditEvent
from apps.tenants.context import tenant_context
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import (
    NEW_PASSWORD,
    bearing,
    issued,
    log_in,
    person,
    refresh,
    session_of,
    shop_client,
    tokens,
)
from tests.conftest import PLATFORM, ShopClient

ANN, OWNER = "ann@acme.example", "owner@acme.example"
CLIENT = {"REMOTE_ADDR": "203.0.113.9", "HTTP_USER_AGENT": "Browser/1.0"}


class Fixtures:
    """Acme with its owner and Ann, and one client for all requests."""

    def __init__(self, acme, owner):
        self.acme, self.owner = acme, owner
        self.ann = person(acme, ANN, "manager")
        self.client = ShopClient(f"acme.{PLATFORM}", acme, **CLIENT)

    def as_(self, user):
        return bearing(self.client, session_of(user)["access"], **CLIENT)


@pytest.fixture
def fixtures(acme, owner, settings):
    settings.REFRESH_GRACE = settings.REFRESH_GRACE * 0
    return Fixtures(acme, owner)


def logs_in(fixtures):
    return log_in(fixtures.client, ANN)


def fails_to(fixtures):
    return log_in(fixtures.client, ANN, "wrong battery")


def fails_as_unknown_user(fixtures):
    return log_in(fixtures.client, "unknown@acme.example", "wrong battery")


def logs_out(fixtures):
    return fixtures.as_(fixtures.ann).post("/api/auth/logout/")


def ends_a_session(fixtures):
    other = session_of(fixtures.ann)["id"]
    return fixtures.as_(fixtures.ann).delete(f"/api/auth/sessions/{other}/")


def ends_all_of_anns(fixtures):
    return fixtures.as_(fixtures.owner).delete(f"/api/users/{fixtures.ann.pk}/sessions/")


def reuses_a_token(fixtures):
    shown = session_of(fixtures.ann)
    refresh(fixtures.client, shown["refresh"])
    return refresh(fixtures.client, shown["refresh"])


def changes_the_password(fixtures):
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    return fixtures.as_(fixtures.ann).post("/api/auth/password/change/", body)


def asks_for_a_reset(fixtures):
    return fixtures.client.post("/api/auth/password/reset/", {"email": ANN})


def resets(fixtures):
    secret = issued(fixtures.acme, "password_reset", ANN, user=fixtures.ann)
    body = {"token": secret, "password": NEW_PASSWORD}
    return fixtures.client.post("/api/auth/password/reset/confirm/", body)


def registers(fixtures):
    account = {"first_name": "Bob"}
    secret = issued(fixtures.acme, "email_verification", "bob@example.com", account=account)
    body = {"token": secret, "password": NEW_PASSWORD}
    return fixtures.client.post("/api/auth/email/verify/", body)


def asks_for_another_address(fixtures):
    return fixtures.as_(fixtures.owner).patch(f"/api/users/{fixtures.ann.pk}/", {"email": BOB})


def confirms_an_address(fixtures):
    secret = issued(fixtures.acme, "email_confirmation", BOB, user=fixtures.ann)
    return fixtures.client.post("/api/auth/email/confirm/", {"token": secret})


def creates_a_user(fixtures):
    body = {"email": "bob@example.com", "password": NEW_PASSWORD, "role": "staff"}
    return fixtures.as_(fixtures.owner).post("/api/users/", body)


def changes_a_role(fixtures):
    return fixtures.as_(fixtures.owner).patch(f"/api/users/{fixtures.ann.pk}/", {"role": "staff"})


def deactivates(fixtures):
    return fixtures.as_(fixtures.owner).delete(f"/api/users/{fixtures.ann.pk}/")


def switches_off(fixtures):
    return fixtures.as_(fixtures.owner).patch(
        f"/api/users/{fixtures.ann.pk}/", {"is_active": False}
    )


def invites(fixtures):
    body = {"email": "bob@example.com", "role": "staff"}
    return fixtures.as_(fixtures.ann).post("/api/users/invitations/", body)


def withdraws(fixtures):
    issued(fixtures.acme, "invitation", "bob@example.com", role="staff", invited_by=fixtures.ann)
    client = fixtures.as_(fixtures.owner)
    [row] = client.get("/api/users/invitations/").json()["results"]
    return client.delete(f"/api/users/invitations/{row['id']}/")


def accepts(fixtures):
    secret = issued(
        fixtures.acme, "invitation", "bob@example.com", role="staff", invited_by=fixtures.ann
    )
    body = {"token": secret, "password": NEW_PASSWORD, "first_name": "Bob"}
    return fixtures.client.post("/api/auth/invitations/accept/", body)


def renames_the_shop(fixtures):
    return fixtures.as_(fixtures.owner).patch("/api/shop/", {"name": "Acme again"})


BOB = "bob@example.com"
#: The request, its status code, and the action, actor and subject of the event.
EVENTS = [
    (logs_in, 200, "session.opened", ANN, ANN),
    (fails_to, 401, "session.refused", None, ANN),
    (fails_as_unknown_user, 401, "session.refused", None, "unknown@acme.example"),
    (logs_out, 204, "session.ended", ANN, ANN),
    (ends_a_session, 204, "session.ended", ANN, ANN),
    (ends_all_of_anns, 204, "session.ended", OWNER, ANN),
    (reuses_a_token, 401, "session.reused", None, None),
    (changes_the_password, 204, "password.changed", ANN, ANN),
    (asks_for_a_reset, 202, "password.reset_asked", None, ANN),
    (resets, 204, "password.reset", ANN, ANN),
    (registers, 204, "user.registered", BOB, BOB),
    (asks_for_another_address, 200, "email.change_requested", OWNER, ANN),
    (confirms_an_address, 204, "email.confirmed", BOB, BOB),
    (creates_a_user, 201, "user.created", OWNER, BOB),
    (changes_a_role, 200, "user.changed", OWNER, ANN),
    (deactivates, 204, "user.deactivated", OWNER, ANN),
    (switches_off, 200, None, OWNER, ANN),
    (invites, 201, "invitation.sent", ANN, BOB),
    (withdraws, 204, "invitation.withdrawn", OWNER, BOB),
    (accepts, 201, "invitation.accepted", BOB, BOB),
    (renames_the_shop, 200, "shop.changed", OWNER, None),
]


@pytest.mark.parametrize(
    ("do", "status", "action", "actor", "subject"), EVENTS, ids=[row[0].__name__ for row in EVENTS]
)
def test_action_is_recorded_once_with_actor_and_client(
    fixtures, do, status, action, actor, subject
):
    assert do(fixtures).status_code == status
    with tenant_context(fixtures.acme):
        [event] = AuditEvent.objects.select_related("actor")
    assert event.action == action or (action is None and event.action.startswith("user."))
    assert (event.actor.email if event.actor else None) == actor
    assert subject is None or event.subject == subject
    assert (event.address, event.user_agent) == ("203.0.113.9", "Browser/1.0")


@pytest.mark.parametrize("do", [creates_a_user, invites, accepts, changes_a_role])
def test_role_is_recorded(fixtures, do):
    do(fixtures)
    with tenant_context(fixtures.acme):
        assert AuditEvent.objects.get().details["role"] == "staff"


def test_token_reuse_records_the_session_owner(fixtures):
    reuses_a_token(fixtures)
    with tenant_context(fixtures.acme):
        event = AuditEvent.objects.get()
        [ended] = [s.pk for s in fixtures.ann.sessions.exclude(ended_at=None)]
    assert event.details["session"] == str(ended)
    assert event.subject == ANN


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/users/", {"email": ANN, "password": NEW_PASSWORD}),
        ("/api/users/", {"email": BOB, "password": "short"}),
        ("/api/users/invitations/", {"email": ANN, "role": "staff"}),
        ("/api/auth/password/change/", {"new_password": NEW_PASSWORD}),
    ],
)
def test_refused_request_records_nothing(fixtures, path, body):
    assert fixtures.as_(fixtures.owner).post(path, body).status_code in {400, 403}
    with tenant_context(fixtures.acme):
        assert [e.action for e in AuditEvent.objects.all() if "refused" not in e.action] == []


def test_shop_opening_is_the_first_event(platform):
    owner = {"email": "boss@new.example", "password": NEW_PASSWORD, "first_name": "Bo"}
    answer = platform.post("/api/shops/", {"code": "newshop", "name": "New", "owner": owner})
    assert answer.status_code == 201
    client = ShopClient(f"newshop.{PLATFORM}")
    access = tokens(client, "boss@new.example", NEW_PASSWORD)["access"]
    events = bearing(client, access).get("/api/audit/").json()["results"]
    assert [event["action"] for event in events] == ["session.opened", "shop.opened"]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_no_event_contains_a_secret(acme):
    """Perform every action; no event contains a secret that was sent or received."""
    secrets = {PASSWORD, NEW_PASSWORD, "wrong battery", "argon2"}
    fixtures = Fixtures(acme, person(acme, OWNER, "owner"))
    shown = tokens(shop_client(acme), ANN)
    secrets |= {shown["access"], *shown["access"].split(".")[1:]}
    secrets |= {shown["refresh"], *shown["refresh"].split(".")[1:]}
    last = {deactivates, switches_off, resets, confirms_an_address}
    does = [row[0] for row in EVENTS if row[0] not in last]
    for do in [*does, resets]:
        with tenant_context(acme):
            fixtures.ann.refresh_from_db()
            fixtures.ann.set_password(PASSWORD)
            fixtures.ann.save()
            acme_rows = fixtures.ann.email_tokens.values_list("secret_hash", flat=True)
            secrets |= set(acme_rows)
        do(fixtures)
    with tenant_context(acme):
        secrets |= set(fixtures.ann.sessions.values_list("secret_hash", flat=True))
        rows = list(AuditEvent.objects.values())
    assert len(rows) > 12
    assert [(s, row) for s in secrets for row in rows if s in str(row)] == []
