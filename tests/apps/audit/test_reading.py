"""Reading the audit log, which only the owner of the shop may do."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.audit.models import AuditEvent
from apps.tenants.context import tenant_context
from tests.apps.api.assertions import pointers, problem
from tests.apps.users.support import log_in, person

AUDIT = "/api/audit/"
FIELDS = {
    "id",
    "action",
    "actor",
    "subject",
    "details",
    "address",
    "user_agent",
    "created_at",
}


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("manager", 403), ("staff", 403), ("customer", 403)]
)
def test_only_the_owner_reads_the_log(acme_client, acme, role, status):
    client = acme_client.as_(person(acme, "ann@acme.example", role))
    assert client.get(AUDIT).status_code == status


def test_owner_of_another_shop_cannot_read_the_log(
    acme_client, globex_client, platform, globex_owner, acme
):
    problem(acme_client.get(AUDIT), 401)
    problem(platform.get(AUDIT), 404)
    stolen = globex_client.as_(globex_owner)._credentials
    assert stolen == {}
    foreign = globex_client.as_(globex_owner).defaults["HTTP_AUTHORIZATION"]
    problem(acme_client.get(AUDIT, HTTP_AUTHORIZATION=foreign), 401)


def test_other_shops_events_are_invisible(
    acme_client, globex_client, acme, globex, owner, globex_owner
):
    for client, user in ((acme_client, owner), (globex_client, globex_owner)):
        log_in(client, user.email)
        log_in(client, f"stranger@{client.tenant.code}.example", "wrong battery")
    for client, user in ((acme_client, owner), (globex_client, globex_owner)):
        found = client.as_(user).get(AUDIT).json()["results"]
        assert [event["subject"] for event in found] == [
            f"stranger@{client.tenant.code}.example",
            user.email,
        ]
        with tenant_context(client.tenant):
            assert AuditEvent.objects.count() == 2


def test_event_has_all_fields(acme_client, owner):
    client_meta = {"REMOTE_ADDR": "203.0.113.9", "HTTP_USER_AGENT": "Browser/1.0"}
    log_in(acme_client, owner.email, **client_meta)
    [event] = acme_client.as_(owner).get(AUDIT).json()["results"]
    assert set(event) == FIELDS
    assert (event["action"], event["actor"]) == ("session.opened", str(owner.pk))
    assert (event["address"], event["user_agent"]) == ("203.0.113.9", "Browser/1.0")


def test_log_is_filtered_by_action_and_actor(acme_client, acme, owner):
    ann = person(acme, "ann@acme.example")
    for email in (owner.email, ann.email):
        log_in(acme_client, email)
        log_in(acme_client, email, "wrong battery")
    client = acme_client.as_(owner)

    def found(**query):
        return [(e["action"], e["subject"]) for e in client.get(AUDIT, query).json()["results"]]

    assert found(action="session.refused") == [
        ("session.refused", ann.email),
        ("session.refused", owner.email),
    ]
    assert found(actor=str(ann.pk)) == [("session.opened", ann.email)]
    assert pointers(client.get(AUDIT, {"action": "nonsense"})) == {"/action"}
    assert pointers(client.get(AUDIT, {"actor": "x"})) == {"/actor"}


def test_log_is_filtered_by_time(acme_client, acme, owner):
    first, middle, last = (datetime(2026, 3, day, 12, tzinfo=UTC) for day in (1, 2, 3))
    with tenant_context(acme):
        for moment in (first, middle, last):
            AuditEvent.objects.create(
                action="session.opened", subject=f"day {moment.day}", created_at=moment
            )
    client = acme_client.as_(owner)

    def found(**query):
        return [event["subject"] for event in client.get(AUDIT, query).json()["results"]]

    assert found() == ["day 3", "day 2", "day 1"]
    assert found(created_at__gte="2026-03-02T12:00:00Z") == ["day 3", "day 2"]
    assert found(created_at__lte="2026-03-02T12:00:00Z") == ["day 2", "day 1"]
    assert found(created_at__gte="2026-03-02T12:00:01Z", created_at__lte="2026-03-03") == []


@pytest.mark.parametrize("text", ["x", "2026-13-01T00:00:00Z", "\x00", "0", "2026-03-01T25:00Z"])
@pytest.mark.parametrize("name", ["created_at__gte", "created_at__lte"])
def test_wrong_time_is_refused(acme_client, owner, name, text):
    assert pointers(acme_client.as_(owner).get(AUDIT, {name: text})) == {f"/{name}"}


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_first_and_last_times_are_compared(acme_client, owner, text):
    response = acme_client.as_(owner).get(AUDIT, {"created_at__gte": text})

    assert response.status_code == 200


def test_filter_by_another_shops_actor_is_empty(acme_client, globex_client, owner, globex_owner):
    log_in(globex_client, globex_owner.email)
    theirs = {"actor": str(globex_owner.pk)}
    assert globex_client.as_(globex_owner).get(AUDIT, theirs).json()["results"]
    answer = acme_client.as_(owner).get(AUDIT, theirs)
    unknown = acme_client.as_(owner).get(AUDIT, {"actor": str(uuid4())})
    assert (answer.status_code, answer.json()["results"]) == (200, [])
    assert answer.content == unknown.content


def test_pages_contain_every_event_once_newest_first(acme_client, acme, owner):
    with tenant_context(acme):
        for number in range(7):
            AuditEvent.objects.create(action="session.opened", subject=f"{number}")
    client, seen = acme_client.as_(owner), []
    path = f"{AUDIT}?page_size=3"
    while path:
        page = client.get(path).json()
        seen += [event["subject"] for event in page["results"]]
        path = page["next"]
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_two_queries(acme_client, acme, owner, rows):
    with tenant_context(acme):
        for _ in range(rows):
            AuditEvent.objects.create(action="session.opened", actor=owner, subject="x")
    client = acme_client.as_(owner)
    client.get(AUDIT)
    with CaptureQueriesContext(connection) as captured:
        assert len(client.get(AUDIT).json()["results"]) == rows
    assert len(captured) == 2
