"""Audit events for tests, in the active tenant."""

from __future__ import annotations

from itertools import count

from apps.audit.models import AuditEvent
from apps.users.actions import UserAction
from tests.apps.users.factories import first_user

_numbers = count(1)


def make_audit_event() -> AuditEvent:
    subject = f"event {next(_numbers)}"
    return AuditEvent.objects.create(
        action=UserAction.LOGGED_IN, subject=subject, actor=first_user()
    )
