"""What is recorded, of whom, and from where."""

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
DEVICE = {"REMOTE_ADDR": "203.0.113.9", "HTTP_USER_AGENT": "Browser/1.0"}


class Scene:
    """Acme with its owner and Ann; whatever is done comes from one device."""

    def __init__(self, acme, owner):
        self.acme, self.owner = acme, owner
        self.ann = person(acme, ANN, "manager")
        self.client = ShopClient(f"acme.{PLATFORM}", acme, **DEVICE)

    def as_(self, user):
        return bearing(self.client, session_of(user)["access"], **DEVICE)


@pytest.fixture
def scene(acme, owner, settings):
    settings.REFRESH_GRACE = settings.REFRESH_GRACE * 0
    return Scene(acme, owner)


def logs_in(scene):
    return log_in(scene.client, ANN)


def fails_to(scene):
    return log_in(scene.client, ANN, "wrong battery")


def fails_as_nobody(scene):
    return log_in(scene.client, "nobody@acme.example", "wrong battery")


def logs_out(scene):
    return scene.as_(scene.ann).post("/api/auth/logout/")


def ends_a_session(scene):
    other = session_of(scene.ann)["id"]
    return scene.as_(scene.ann).delete(f"/api/auth/sessions/{other}/")


def ends_all_of_anns(scene):
    return scene.as_(scene.owner).delete(f"/api/users/{scene.ann.pk}/sessions/")


def reuses_a_token(scene):
    shown = session_of(scene.ann)
    refresh(scene.client, shown["refresh"])
    return refresh(scene.client, shown["refresh"])


def changes_the_password(scene):
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    return scene.as_(scene.ann).post("/api/auth/password/change/", body)


def asks_for_a_reset(scene):
    return scene.client.post("/api/auth/password/reset/", {"email": ANN})


def resets(scene):
    secret = issued(scene.acme, "password_reset", ANN, user=scene.ann)
    body = {"token": secret, "password": NEW_PASSWORD}
    return scene.client.post("/api/auth/password/reset/confirm/", body)


def registers(scene):
    account = {"first_name": "Bob"}
    secret = issued(scene.acme, "email_verification", "bob@example.com", account=account)
    body = {"token": secret, "password": NEW_PASSWORD}
    return scene.client.post("/api/auth/email/verify/", body)


def asks_for_another_address(scene):
    return scene.as_(scene.owner).patch(f"/api/users/{scene.ann.pk}/", {"email": BOB})


def confirms_an_address(scene):
    secret = issued(scene.acme, "email_confirmation", BOB, user=scene.ann)
    return scene.client.post("/api/auth/email/confirm/", {"token": secret})


def creates_somebody(scene):
    body = {"email": "bob@example.com", "password": NEW_PASSWORD, "role": "staff"}
    return scene.as_(scene.owner).post("/api/users/", body)


def changes_a_role(scene):
    return scene.as_(scene.owner).patch(f"/api/users/{scene.ann.pk}/", {"role": "staff"})


def deactivates(scene):
    return scene.as_(scene.owner).delete(f"/api/users/{scene.ann.pk}/")


def switches_off(scene):
    return scene.as_(scene.owner).patch(f"/api/users/{scene.ann.pk}/", {"is_active": False})


def invites(scene):
    body = {"email": "bob@example.com", "role": "staff"}
    return scene.as_(scene.ann).post("/api/users/invitations/", body)


def withdraws(scene):
    issued(scene.acme, "invitation", "bob@example.com", role="staff", invited_by=scene.ann)
    client = scene.as_(scene.owner)
    [row] = client.get("/api/users/invitations/").json()["results"]
    return client.delete(f"/api/users/invitations/{row['id']}/")


def accepts(scene):
    secret = issued(scene.acme, "invitation", "bob@example.com", role="staff", invited_by=scene.ann)
    body = {"token": secret, "password": NEW_PASSWORD, "first_name": "Bob"}
    return scene.client.post("/api/auth/invitations/accept/", body)


def renames_the_shop(scene):
    return scene.as_(scene.owner).patch("/api/shop/", {"name": "Acme again"})


BOB = "bob@example.com"
#: What is done: the answer, and then the action, who did it, and to whom.
EVENTS = [
    (logs_in, 200, "session.opened", ANN, ANN),
    (fails_to, 401, "session.refused", None, ANN),
    (fails_as_nobody, 401, "session.refused", None, "nobody@acme.example"),
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
    (creates_somebody, 201, "user.created", OWNER, BOB),
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
def test_it_is_recorded_once_with_who_and_whence(scene, do, status, action, actor, subject):
    assert do(scene).status_code == status
    with tenant_context(scene.acme):
        [event] = AuditEvent.objects.select_related("actor")
    assert event.action == action or (action is None and event.action.startswith("user."))
    assert (event.actor.email if event.actor else None) == actor
    assert subject is None or event.subject == subject
    assert (event.address, event.user_agent) == ("203.0.113.9", "Browser/1.0")


@pytest.mark.parametrize("do", [creates_somebody, invites, accepts, changes_a_role])
def test_role_is_recorded(scene, do):
    do(scene)
    with tenant_context(scene.acme):
        assert AuditEvent.objects.get().details["role"] == "staff"


def test_reuse_says_whose_session_it_was(scene):
    reuses_a_token(scene)
    with tenant_context(scene.acme):
        event = AuditEvent.objects.get()
        [ended] = [s.pk for s in scene.ann.sessions.exclude(ended_at=None)]
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
def test_what_was_refused_did_not_happen(scene, path, body):
    assert scene.as_(scene.owner).post(path, body).status_code in {400, 403}
    with tenant_context(scene.acme):
        assert [e.action for e in AuditEvent.objects.all() if "refused" not in e.action] == []


def test_shops_opening_is_its_first_event(platform):
    owner = {"email": "boss@new.example", "password": NEW_PASSWORD, "first_name": "Bo"}
    answer = platform.post("/api/shops/", {"code": "newshop", "name": "New", "owner": owner})
    assert answer.status_code == 201
    client = ShopClient(f"newshop.{PLATFORM}")
    access = tokens(client, "boss@new.example", NEW_PASSWORD)["access"]
    events = bearing(client, access).get("/api/audit/").json()["results"]
    assert [event["action"] for event in events] == ["session.opened", "shop.opened"]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_no_event_has_a_secret(acme):
    """All that can be done is done; none of the secrets that went over the wire is kept."""
    secrets = {PASSWORD, NEW_PASSWORD, "wrong battery", "argon2"}
    scene = Scene(acme, person(acme, OWNER, "owner"))
    shown = tokens(shop_client(acme), ANN)
    secrets |= {shown["access"], *shown["access"].split(".")[1:]}
    secrets |= {shown["refresh"], *shown["refresh"].split(".")[1:]}
    last = {deactivates, switches_off, resets, confirms_an_address}
    does = [row[0] for row in EVENTS if row[0] not in last]
    for do in [*does, resets]:
        with tenant_context(acme):
            scene.ann.refresh_from_db()
            scene.ann.set_password(PASSWORD)
            scene.ann.save()
            acme_rows = scene.ann.email_tokens.values_list("secret_hash", flat=True)
            secrets |= set(acme_rows)
        do(scene)
    with tenant_context(acme):
        secrets |= set(scene.ann.sessions.values_list("secret_hash", flat=True))
        rows = list(AuditEvent.objects.values())
    assert len(rows) > 12
    assert [(s, row) for s in secrets for row in rows if s in str(row)] == []
