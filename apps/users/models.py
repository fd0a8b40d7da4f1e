"""People of one tenant, their log-ins, and the links that are mailed to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.db.models.functions import Now

from apps.tenants.fields import TenantForeignKey
from apps.tenants.models import TenantOwnedModel
from apps.tenants.validators import validate_name
from apps.users.exceptions import LastOwner
from apps.users.fields import NormalizedEmailField
from apps.users.managers import EmailTokenManager, LoginSessionManager, UserManager

_SHA256_HEX = 64


class Role(models.TextChoices):
    """What somebody may do in a shop, the most powerful first."""

    OWNER = "owner"
    MANAGER = "manager"
    STAFF = "staff"
    CUSTOMER = "customer"


#: Those who run the shop's users, and those who work in it at all.
MANAGEMENT = frozenset({Role.OWNER, Role.MANAGER})
TEAM = MANAGEMENT | {Role.STAFF}


class User(TenantOwnedModel, AbstractBaseUser):
    """A person's account in one shop; the same e-mail in two shops is two unrelated people.

    Accounts are deactivated, never deleted: what somebody added stays theirs.
    """

    # A lower() in queries would not be leakproof, and lose the index under RLS.
    email = NormalizedEmailField()
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.CUSTOMER)
    first_name = models.CharField(max_length=100, blank=True, validators=[validate_name])
    last_name = models.CharField(max_length=100, blank=True, validators=[validate_name])
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_login = None
    #: Time since the log-in by which this instance was authenticated.
    session_age = timedelta.max

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta(TenantOwnedModel.Meta):
        db_table = "users"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "email"], name="users_user_email"),
            models.CheckConstraint(
                condition=models.Q(email__regex=r"^[!-@[-~]+$"), name="users_user_email_spelling"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-created_at", "-id"], name="users_user_newest")]

    def __str__(self) -> str:
        return self.email

    def change(self, **fields: Any) -> User:
        """Set and save `fields`; raise LastOwner if that left the shop without an active owner.

        A new e-mail, and going or coming back, end all sessions and void what was mailed; so does
        a new role with what was mailed: who asked for it may not have the right any more.
        """
        with transaction.atomic():
            if fields.keys() & {"role", "is_active"}:
                # Locked in one order, so that two owners cannot remove each other.
                owners = User.objects.active_owners().order_by("pk").select_for_update()
                is_last_owner = [owner.pk for owner in owners] == [self.pk]
                stays = fields.get("role", Role.OWNER) == Role.OWNER and fields.get(
                    "is_active", True
                )
                if is_last_owner and not stays:
                    raise LastOwner("A shop keeps at least one active owner.")
            before = (self.email, self.is_active)
            role = self.role
            for name, value in fields.items():
                setattr(self, name, value)
            self.save(update_fields=list(fields))
            if before != (self.email, self.is_active):
                self.sessions.end()
            if (*before, role) != (self.email, self.is_active, self.role):
                self.email_tokens.void()
        return self

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER

    @property
    def is_management(self) -> bool:
        return self.role in MANAGEMENT

    @property
    def is_team(self) -> bool:
        return self.role in TEAM

    def may_invite(self, role: str) -> bool:
        """Return True if this user may give `role` to another: only an owner makes an owner."""
        return self.is_active and self.is_management and (role != Role.OWNER or self.is_owner)


class LoginSession(TenantOwnedModel):
    """One log-in on one device, and the family of refresh tokens that came of it.

    Only hashes of the secrets are kept: the current one's, and the one's before it.
    """

    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    secret_hash = models.CharField(max_length=_SHA256_HEX)
    previous_hash = models.CharField(max_length=_SHA256_HEX, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    rotated_at = models.DateTimeField()
    idle_expires_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)

    objects: ClassVar[LoginSessionManager] = LoginSessionManager()

    class Meta(TenantOwnedModel.Meta):
        db_table = "sessions"
        indexes = [
            models.Index(fields=["tenant", "user", "-rotated_at"], name="users_loginsession_newest")
        ]


class EmailToken(TenantOwnedModel):
    """A secret sent by mail: single use, for one purpose, in one shop, for an hour."""

    class Purpose(models.TextChoices):
        PASSWORD_RESET = "password_reset"  # noqa: S105 -- a purpose, no password
        EMAIL_VERIFICATION = "email_verification"
        EMAIL_CONFIRMATION = "email_confirmation"
        INVITATION = "invitation"

    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    email = NormalizedEmailField()
    user = TenantForeignKey(User, on_delete=models.CASCADE, null=True, related_name="email_tokens")
    # Of an invitation: what it makes of whoever accepts it, and who sent it.
    role = models.CharField(max_length=8, choices=Role.choices, blank=True)
    invited_by = TenantForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="invitations"
    )
    # Of a registration: the names of the account to make.
    account = models.JSONField(default=dict)
    secret_hash = models.CharField(max_length=_SHA256_HEX)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[EmailTokenManager] = EmailTokenManager()

    class Meta(TenantOwnedModel.Meta):
        db_table = "email_tokens"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "secret_hash"], name="users_emailtoken_secret"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "purpose", "email"], name="users_emailtoken_to")]
