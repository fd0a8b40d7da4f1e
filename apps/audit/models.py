from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.audit.actions import Action, action_choices
from apps.tenants.batches import StatementBatch
from apps.tenants.fields import TenantForeignKey
from apps.tenants.managers import TenantManager
from apps.tenants.models import TenantOwnedModel
from apps.throttling.client import Client


class AuditManager(TenantManager):
    def record(
        self,
        action: Action,
        request: Any,
        *,
        actor: Any = None,
        subject: str = "",
        batch: StatementBatch | None = None,
        **details: Any,
    ) -> AuditEvent:
        """Record an action of `actor` (None if unknown) on `subject` in the active tenant.

        The client is that of `request`, or empty without one. `details` must be JSON-serializable
        and must not contain secrets. The event is saved, or inserted once `batch` is sent.
        """
        client = Client() if request is None else request.client
        event: AuditEvent = self.model(
            action=action,
            actor=actor if getattr(actor, "pk", None) else None,
            subject=subject[:254],
            details=details,
            address=client.ip or None,
            user_agent=client.user_agent,
        )
        if batch is None:
            event.save(using=self.db, force_insert=True)
        else:
            batch.insert([event])
        return event


class AuditEvent(TenantOwnedModel):
    action = models.CharField(max_length=32, choices=action_choices)
    actor = TenantForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    subject = models.CharField(max_length=254, blank=True)
    details = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects: ClassVar[AuditManager] = AuditManager()

    #: Append-only: the application cannot update or delete rows.
    granted_privileges = frozenset({"SELECT", "INSERT"})

    class Meta(TenantOwnedModel.Meta):
        db_table = "audit_events"
        indexes = [models.Index(fields=["tenant", "-created_at", "-id"], name="audit_newest")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}".strip()
