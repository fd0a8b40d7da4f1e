from tests.apps.audit.factories import make_audit_event
from tests.isolation.samples import Plain, Rows

ROWS = {"audit.AuditEvent": Rows(make_audit_event, text="subject")}

KINDS = {
    "action": Plain("session.opened"),
    "created_at__gte": Plain("2026-01-01T00:00:00Z"),
    "created_at__lte": Plain("2999-01-01T00:00:00Z"),
}
