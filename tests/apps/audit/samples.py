from tests.apps.audit.factories import make_audit_event
from tests.isolation.samples import Plain, Rows

ROWS = {"audit.AuditEvent": Rows(make_audit_event, text="subject")}

KINDS = {"action": Plain("session.opened")}
