from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.tenants.fields import TenantForeignKey
from apps.tenants.models import TenantOwnedModel
from apps.tenants.validators import validate_name
from apps.users.exceptions import LastOwner
from apps.users.fields import NormalizedEmailField
from apps.users.managers import EmailTokenManager, LoginSessionManager, UserManager

_SHA256_HEX = 64


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    STAFF = "staff", _("Staff")
    CUSTOMER = "customer", _("Customer")


MANAGEMENT = frozenset({Role.OWNER, Role.MANAGER})
TEAM = MANAGEMENT | {Role.STAFF}


class User(TenantOwnedModel, AbstractBaseUser):
    """An account in one shop. The same e-mail in two shops means two unrelated users.

    Users are deactivated, never deleted, because their rows refer to them.
    """

    # Normalized when saved: lower() is not leakproof, so it would not use the index under RLS.
    email = NormalizedEmailField()
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.CUSTOMER)
    first_name = models.CharField(max_length=100, blank=True, validators=[validate_name])
    last_name = models.CharField(max_length=100, blank=True, validators=[validate_name])
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_login = None
    #: Time since the log-in of the session that authenticated this instance.
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
        """Set and save `fields`; raise LastOwner if the shop would have no active owner.

        A change of `email` or `is_active` ends all sessions and voids mailed tokens. A change of
        `role` ends the browser sessions, whose secret must not gain a permission, and voids mailed
        tokens, because their permission may be lost.
        """
        with transaction.atomic():
            if fields.keys() & {"role", "is_active"}:
                # Locked in one order, so that two owners cannot remove each other.
                owners = User.objects.active_owners().order_by("pk").select_for_update()
                is_last_owner = [owner.pk for owner in owners] == [self.pk]
                is_kept = fields.get("role", Role.OWNER) == Role.OWNER
                if is_last_owner and not (is_kept and fields.get("is_active", True)):
                    raise LastOwner
            role, *before = self.role, self.email, self.is_active
            for name, value in fields.items():
                setattr(self, name, value)
            self.save(update_fields=list(fields))
            has_changed = before != [self.email, self.is_active]
            if has_changed:
                self.sessions.end()
            if role != self.role:
                LoginSession.objects.filter(user=self, kind=LoginSession.Kind.BROWSER).end()
            if has_changed or role != self.role:
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
        """Return True if this user may invite others as `role`; only an owner invites an owner."""
        return self.is_active and self.is_management and (role != Role.OWNER or self.is_owner)


class LoginSession(TenantOwnedModel):
    """A log-in of a client, with the hashes of its current and its previous secret.

    An API client sends its secret to refresh its tokens, a browser with each request, in a cookie.
    """

    class Kind(models.TextChoices):
        TOKEN = "token"  # noqa: S105 -- a kind, not a password
        BROWSER = "browser"

    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.TOKEN)
    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="sessions", db_index=False)
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
    """A secret that is valid once, for one purpose, until it expires.

    It is mailed to `email`; that of a hand-off is given to the browser that opened the shop.
    """

    class Purpose(models.TextChoices):
        PASSWORD_RESET = "password_reset"  # noqa: S105 -- a purpose, not a password
        EMAIL_VERIFICATION = "email_verification"
        EMAIL_CONFIRMATION = "email_confirmation"
        INVITATION = "invitation"
        HANDOFF = "handoff"

    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    email = NormalizedEmailField()
    user = TenantForeignKey(User, on_delete=models.CASCADE, null=True, related_name="email_tokens")
    # Of an invitation: the role of the new user, and the sender.
    role = models.CharField(max_length=8, choices=Role.choices, blank=True)
    invited_by = TenantForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="invitations"
    )
    # Of a registration: the first and last name.
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
