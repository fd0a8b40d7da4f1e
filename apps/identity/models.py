"""What proves who somebody is, besides the password."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.identity.managers import MailedTokenManager, SessionManager
from apps.tenants.fields import TenantForeignKey
from apps.tenants.models import TenantOwnedModel
from apps.users.emails import AddressField
from apps.users.models import Role

_SHA256_HEX = 64


class Session(TenantOwnedModel):
    """One log-in on one device, and the family of refresh tokens that came of it.

    Only hashes of the secrets are kept: the current one's, and the one's before it.
    """

    user = TenantForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sessions"
    )
    secret_hash = models.CharField(max_length=_SHA256_HEX)
    previous_hash = models.CharField(max_length=_SHA256_HEX, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    rotated_at = models.DateTimeField()
    idle_expires_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)

    objects: ClassVar[SessionManager] = SessionManager()

    class Meta(TenantOwnedModel.Meta):
        db_table = "sessions"
        indexes = [
            models.Index(fields=["tenant", "user", "-rotated_at"], name="identity_session_user")
        ]


class MailedToken(TenantOwnedModel):
    """A secret sent by mail: single use, for one purpose, in one shop, for an hour."""

    class Purpose(models.TextChoices):
        PASSWORD_RESET = "password_reset"  # noqa: S105 -- a purpose, no password
        EMAIL_VERIFICATION = "email_verification"
        EMAIL_CONFIRMATION = "email_confirmation"
        INVITATION = "invitation"

    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    email = AddressField(max_length=254)
    user = TenantForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="mailed_tokens"
    )
    # Of an invitation: what it makes of whoever accepts it, and who sent it.
    role = models.CharField(max_length=8, choices=Role.choices, blank=True)
    invited_by = TenantForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="invitations"
    )
    # Of a registration: the names of the account to make.
    account = models.JSONField(default=dict)
    secret_hash = models.CharField(max_length=_SHA256_HEX)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[MailedTokenManager] = MailedTokenManager()

    class Meta(TenantOwnedModel.Meta):
        db_table = "mailed_tokens"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "secret_hash"], name="identity_mailedtoken_secret"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "purpose", "email"], name="identity_mailedtoken_to")
        ]
