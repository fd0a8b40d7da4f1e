"""The list of the sessions of a user (SECURITY row 23)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from apps.tenants.context import tenant_context
from apps.users.managers import MAX_SESSIONS
from apps.users.models import LoginSession
from tests.apps.users.support import (
    age,
    bearing,
    everything_of,
    me,
    person,
    refresh,
    session_of,
    tokens,
)

EMAIL = "ann@acme.example"
LIST = "/api/auth/sessions/"
START = datetime(2030, 3, 4, 8, tzinfo=UTC)
FIELDS = {"id", "device", "address", "created_at", "last_seen", "expires_at", "current"}


@pytest.fixture
def ann(acme, owner):
    return person(acme, EMAIL)


def listed(client, access):
    return bearing(client, access).get(LIST).json()["results"]


def test_list_distinguishes_clients(acme_client, ann):
    phone = tokens(
        acme_client, EMAIL, REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Phone/1.0 (pocket)"
    )
    tokens(acme_client, EMAIL, REMOTE_ADDR="2001:db8::5", HTTP_USER_AGENT="Laptop/2.0")
    found = listed(acme_client, phone["access"])
    assert [set(session) for session in found] == [FIELDS] * 2
    assert {(s["device"], s["address"], s["current"]) for s in found} == {
        ("Phone/1.0 (pocket)", "203.0.113.9", True),
        ("Laptop/2.0", "2001:db8::5", False),
    }


def test_list_has_no_secret(acme_client, ann):
    shown = tokens(acme_client, EMAIL)
    text = str(listed(acme_client, shown["access"]))
    assert "hash" not in text
    assert [part for token in shown.values() for part in token.split(".")[1:] if part in text] == []


def test_refresh_updates_last_seen_and_device(acme, acme_client, ann):
    shown = tokens(acme_client, EMAIL, REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Old")
    age(acme, LoginSession, hours=2)
    [before] = listed(acme_client, shown["access"])
    shown = refresh(
        acme_client, shown["refresh"], REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="New"
    ).json()
    [session] = listed(acme_client, shown["access"])
    seen = [datetime.fromisoformat(row["last_seen"]) for row in (before, session)]
    assert seen[1] - seen[0] >= timedelta(hours=2)
    assert session["expires_at"] == before["expires_at"]
    assert (session["device"], session["address"]) == ("New", "203.0.113.77")


def test_ended_and_expired_sessions_are_not_listed(acme, acme_client, ann):
    tokens(acme_client, EMAIL)
    age(acme, LoginSession, days=15)
    ended, mine = session_of(ann), session_of(ann)
    assert len(listed(acme_client, mine["access"])) == 2
    bearing(acme_client, ended["access"]).post("/api/auth/logout/")
    assert [s["id"] for s in listed(acme_client, mine["access"])] == [mine["id"]]


@pytest.mark.parametrize("agent", ["", "x" * 5_000, "nul\x00byte", "Ünïcode", "<script>"])
def test_unusual_user_agent_does_not_prevent_login(acme_client, ann, agent):
    shown = tokens(acme_client, EMAIL, HTTP_USER_AGENT=agent)
    [session] = listed(acme_client, shown["access"])
    assert session["device"] == agent.replace("\x00", "")[:300]


@pytest.mark.parametrize("address", ["", "nonsense", "unix:", "fe80::1%eth0", "1.2.3.4:80"])
def test_unusual_address_does_not_prevent_login(acme_client, ann, address):
    shown = tokens(acme_client, EMAIL, REMOTE_ADDR=address)
    [session] = listed(acme_client, shown["access"])
    assert session["address"] in {None, "fe80::1", "1.2.3.4"}


def test_mapped_ipv4_address_is_stored_as_ipv4(acme_client, ann):
    shown = tokens(acme_client, EMAIL, REMOTE_ADDR="::ffff:203.0.113.9")
    assert [s["address"] for s in listed(acme_client, shown["access"])] == ["203.0.113.9"]


def test_every_user_sees_their_sessions(acme_client, globex_client, acme, globex, owner, ann):
    bob, namesake = person(acme, "bob@acme.example"), person(globex, EMAIL)
    theirs = {user: session_of(user) for user in (owner, ann, bob, namesake)}
    for user, shown in theirs.items():
        client = acme_client if user.tenant_id == acme.pk else globex_client
        assert [s["id"] for s in listed(client, shown["access"])] == [shown["id"]]


def test_session_of_another_user_is_404_like_an_unknown_one(
    acme_client, globex_client, acme, globex, owner, ann
):
    mine = session_of(ann)
    others = {
        "colleague's": (acme_client, session_of(person(acme, "bob@acme.example"))),
        "owner's": (acme_client, session_of(owner)),
        "other shop's": (globex_client, session_of(person(globex, EMAIL))),
    }
    client = bearing(acme_client, mine["access"])
    never = client.delete(f"{LIST}{uuid4()}/")
    assert never.status_code == 404
    for client_of, shown in others.values():
        assert everything_of(client.delete(f"{LIST}{shown['id']}/")) == everything_of(never)
        assert me(client_of, shown["access"]) == 200
    ended = session_of(ann)
    assert client.delete(f"{LIST}{ended['id']}/").status_code == 204
    assert everything_of(client.delete(f"{LIST}{ended['id']}/")) == everything_of(never)


@pytest.mark.parametrize("key", ["x", "0", "null", "%00", "a" * 3_000, "../me"])
def test_malformed_session_ids_are_404(acme_client, ann, key):
    assert acme_client.as_(ann).delete(f"{LIST}{key}/").status_code == 404


def test_list_requires_authentication(acme_client):
    assert acme_client.get(LIST).status_code == 401
    assert acme_client.delete(f"{LIST}{uuid4()}/").status_code == 401


class TestEndingAllSessions:
    """DELETE /api/users/{id}/sessions/"""

    def test_owner_ends_them_all(self, acme_client, owner, ann):
        sessions = [session_of(ann) for _ in range(3)]
        answer = acme_client.as_(owner).delete(f"/api/users/{ann.pk}/sessions/")
        assert (answer.status_code, answer.content) == (204, b"")
        assert [me(acme_client, shown["access"]) for shown in sessions] == [401] * 3

    @pytest.mark.parametrize(
        ("role", "whose", "status"),
        [
            ("owner", "owner", 204),
            ("manager", "customer", 204),
            ("manager", "owner", 403),
            ("staff", "customer", 403),
            ("customer", "customer", 403),
        ],
    )
    def test_permission_to_end_sessions_depends_on_both_roles(
        self, acme_client, acme, owner, role, whose, status
    ):
        actor, other = person(acme, "a@acme.example", role), person(acme, "b@acme.example", whose)
        theirs = session_of(other)
        answer = acme_client.as_(actor).delete(f"/api/users/{other.pk}/sessions/")
        assert answer.status_code == status
        assert me(acme_client, theirs["access"]) == (401 if status == 204 else 200)

    def test_user_of_another_shop_is_404(
        self, acme_client, globex_client, owner, globex, globex_owner
    ):
        theirs = session_of(globex_owner)
        client = acme_client.as_(owner)
        never = client.delete(f"/api/users/{uuid4()}/sessions/")
        answer = client.delete(f"/api/users/{globex_owner.pk}/sessions/")
        assert never.status_code == 404
        assert everything_of(answer) == everything_of(never)
        assert me(globex_client, theirs["access"]) == 200


def test_oldest_session_ends_with_the_one_over_the_limit(acme_client, acme, ann):
    first, second = session_of(ann), session_of(ann)
    for _ in range(MAX_SESSIONS - 2):
        session_of(ann)
    other = session_of(person(acme, "bob@acme.example"))
    assert me(acme_client, first["access"]) == 200

    newest = session_of(ann)

    alive = [me(acme_client, shown["access"]) for shown in (first, second, newest, other)]
    assert alive == [401, 200, 200, 200]


def test_ended_sessions_do_not_count(acme_client, acme, ann):
    first = session_of(ann)
    with tenant_context(acme):
        for _ in range(MAX_SESSIONS):
            LoginSession.objects.filter(pk=session_of(ann)["id"]).end()

    assert me(acme_client, first["access"]) == 200
