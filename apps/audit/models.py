"""Who did what in a shop, from where. Written once, and changed by nobody."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.tenants.fields import TenantForeignKey
from apps.tenants.managers import TenantManager
from apps.tenants.models import TenantOwnedModel
from apps.throttling.client import Client


class Action(models.TextChoices):
    """What is recorded. The value's first part is the kind of thing that it happened to."""

    SHOP_OPENED = "shop.opened"
    SHOP_CHANGED = "shop.changed"
    LOGGED_IN = "session.opened"
    LOGIN_FAILED = "session.refused"
    LOGGED_OUT = "session.ended"
    SECRET_REUSED = "session.reused"  # noqa: S105 -- an action
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 -- an action
    PASSWORD_RESET_ASKED = "password.reset_asked"  # noqa: S105 -- an action
    PASSWORD_RESET = "password.reset"  # noqa: S105 -- an action
    USER_REGISTERED = "user.registered"
    USER_CREATED = "user.created"
    USER_CHANGED = "user.changed"
    USER_DEACTIVATED = "user.deactivated"
    USER_INVITED = "invitation.sent"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    INVITATION_ACCEPTED = "invitation.accepted"
    EMAIL_CHANGE_REQUESTED = "email.change_requested"
    EMAIL_CONFIRMED = "email.confirmed"
    MAIL_WITHHELD = "mail.withheld"
    PRODUCT_CREATED = "product.created"
    PRODUCT_CHANGED = "product.changed"
    PRODUCT_DELETED = "product.deleted"


class AuditManager(TenantManager):
    def record(
        self, action: Action, request: Any, *, actor: Any = None, subject: str = "", **details: Any
    ) -> AuditEvent:
        """Record that `actor` (None if unknown) did `action` to `subject` in the active shop.

        `details` are plain values and never secrets; the client is the request's, and empty without
        one.
        """
        client = Client() if request is None else request.client
        event: AuditEvent = self.create(
            action=action,
            actor=actor if getattr(actor, "pk", None) else None,
            subject=subject[:254],
            details=details,
            address=client.ip or None,
            user_agent=client.user_agent,
        )
        return event


class AuditEvent(TenantOwnedModel):
    action = models.CharField(max_length=32, choices=Action.choices)
    actor = TenantForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    subject = models.CharField(max_length=254, blank=True)
    details = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects: ClassVar[AuditManager] = AuditManager()

    #: Append-only: PostgreSQL refuses the application everything else.
    granted_privileges = frozenset({"SELECT", "INSERT"})

    class Meta(TenantOwnedModel.Meta):
        db_table = "audit_events"
        indexes = [models.Index(fields=["tenant", "-created_at", "-id"], name="audit_newest")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}".strip()
