"""The audit log is append-only for the application's role."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, connections, transaction
from psycopg2.errors import InsufficientPrivilege

from apps.audit.models import AuditEvent
from apps.tenants.context import tenant_context
from tests.apps.api.assertions import client_problem
from tests.apps.users.support import log_in

SELECT = "SELECT id, action, subject, details FROM audit_events"


@pytest.fixture
def event(acme, acme_client, owner):
    """An existing event that a test tries to forge."""
    assert log_in(acme_client, owner.email).status_code == 200
    with tenant_context(acme):
        return AuditEvent.objects.get()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET subject = 'forged'",
        "UPDATE audit_events SET details = '{}' WHERE false",
        "DELETE FROM audit_events",
        "DELETE FROM audit_events WHERE false",
        "TRUNCATE audit_events",
        "TRUNCATE audit_events CASCADE",
        "SELECT * FROM audit_events FOR UPDATE",
        "ALTER TABLE audit_events DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE audit_events RENAME TO x",
        "DROP TABLE audit_events",
        "CREATE TRIGGER t BEFORE INSERT ON audit_events EXECUTE FUNCTION f()",
        "INSERT INTO audit_events (id, tenant_id, action, subject, details, user_agent)"
        " SELECT id, tenant_id, action, 'forged', details, '' FROM audit_events"
        " ON CONFLICT (id) DO UPDATE SET subject = 'forged'",
    ],
)
def test_statement_is_refused(acme, event, statement):
    with tenant_context(acme), connection.cursor() as cursor:
        cursor.execute(SELECT)
        before = cursor.fetchall()
        assert len(before) == 1
        with pytest.raises(DatabaseError) as caught, transaction.atomic():
            cursor.execute(statement)
        assert isinstance(caught.value.__cause__, InsufficientPrivilege), caught.value
        cursor.execute(SELECT)
        assert cursor.fetchall() == before


@pytest.mark.parametrize(
    "work",
    [
        lambda event: AuditEvent.objects.update(subject="forged"),
        lambda event: AuditEvent.objects.all().delete(),
        lambda event: AuditEvent.objects.bulk_update([event], ["subject"]),
        lambda event: event.delete(),
        lambda event: event.save(),
    ],
    ids=["update", "delete", "bulk_update", "delete one", "save again"],
)
def test_orm_write_is_refused(acme, event, work):
    event.subject = "forged"
    with tenant_context(acme):
        with pytest.raises(DatabaseError), transaction.atomic():
            work(event)
        assert AuditEvent.objects.get().subject == "owner@acme.example"


def test_event_cannot_be_created_in_another_shop(acme, globex, event):
    with tenant_context(acme), connection.cursor() as cursor, pytest.raises(DatabaseError):
        cursor.execute(
            "INSERT INTO audit_events (id, tenant_id, action, subject, details, user_agent)"
            " VALUES (gen_random_uuid(), %s, 'session.opened', 'forged', '{}', '')",
            [globex.pk],
        )


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_control_table_owner_can_execute_the_statements(acme):
    """The control: the statements are valid, and only the privilege is missing."""
    with tenant_context(acme):
        AuditEvent.objects.create(action="session.opened", subject="x")
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE audit_events SET subject = 'forged'")
        cursor.execute("DELETE FROM audit_events")
        assert cursor.rowcount == 1


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_api_is_read_only(acme_client, owner, event, method):
    client = acme_client.as_(owner)
    for path in ("/api/audit/", f"/api/audit/{event.pk}/"):
        answer = getattr(client, method)(path, {"subject": "forged"})
        assert answer.status_code in {404, 405}
        client_problem(answer)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_event_is_rolled_back_with_its_change(acme):
    """A rolled-back change leaves no event."""
    with tenant_context(acme):
        with transaction.atomic():
            AuditEvent.objects.create(action="user.created", subject="x")
            transaction.set_rollback(True)
        assert list(AuditEvent.objects.all()) == []
