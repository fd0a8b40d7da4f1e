"""Rows for tests. Each factory works in the tenant that is active when it is called."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.products.models import Product
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.throttling.client import Client
from apps.throttling.models import TenantCounter
from apps.throttling.rate_limits import LOGIN_BY_EMAIL
from apps.users.actions import UserAction
from apps.users.models import EmailToken, LoginSession, User
from auth_backends.tokens import AccessToken, RefreshToken

#: Everybody's password. Hashed once, because hashing is slow on purpose.
PASSWORD = "correct horse battery"
NOWHERE = Client()
_hashes: dict[str, str] = {}
_numbers = count(1)


def make_tenant(code: str | None = None, **fields: Any) -> Tenant:
    """Open a confirmed shop as the application's role does: inside itself."""
    code = code or f"shop-{next(_numbers)}-x"
    fields = {"name": code.title(), "confirmed_at": timezone.now(), **fields}
    tenant = Tenant(code=code, **fields)
    with tenant_context(tenant):
        tenant.save(force_insert=True)
    return tenant


def make_user(email: str | None = None, role: str = "owner", **fields: Any) -> User:
    if PASSWORD not in _hashes:
        _hashes[PASSWORD] = make_password(PASSWORD)
    email = email or f"person-{next(_numbers)}@example.com"
    return User.objects.create(
        email=email, role=role, password=_hashes[PASSWORD], **{"first_name": "Kim", **fields}
    )


def anybody() -> User:
    """Return the first user of the active tenant, making one if it has none."""
    return User.objects.order_by("pk").first() or make_user()


def make_product(code: str | None = None, **fields: Any) -> Product:
    code = code or f"product-{next(_numbers)}"
    if "added_by" not in fields:
        fields["added_by"] = anybody()
    return Product.objects.create(code=code, **{"name": code.title(), "published": True, **fields})


def make_session(user: User | None = None) -> LoginSession:
    return LoginSession.objects.open(user or anybody(), NOWHERE)[0]


def make_email_token() -> EmailToken:
    email = f"person-{next(_numbers)}@example.com"
    user = anybody()
    purpose = EmailToken.Purpose.INVITATION
    token, _ = EmailToken.objects.issue(purpose, email, role="staff", user=user, invited_by=user)
    return token


def make_counter() -> TenantCounter:
    subject = f"person-{next(_numbers)}@example.com"
    TenantCounter.objects.record_attempt(LOGIN_BY_EMAIL, subject)
    return TenantCounter.objects.latest("id")


def make_audit_event() -> AuditEvent:
    subject = f"event {next(_numbers)}"
    return AuditEvent.objects.create(action=UserAction.LOGGED_IN, subject=subject, actor=anybody())


def make_tokens(user: User) -> dict[str, str]:
    """Log `user` in on a device of its own; return the access and the refresh token."""
    with tenant_context(user.tenant):
        session, secret = LoginSession.objects.open(user, NOWHERE)
        return {
            "access": str(AccessToken.for_session(session)),
            "refresh": str(RefreshToken.for_session(session, secret)),
        }
