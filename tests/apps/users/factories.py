"""Users, sessions and links for tests, in the active tenant."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from apps.tenants.context import tenant_context
from apps.throttling.client import Client
from apps.users.models import EmailToken, LoginSession, User
from auth_backends.browser_sessions import cookie_value
from auth_backends.tokens import AccessToken, RefreshToken

#: The password of every user. Hashed once, because hashing is slow on purpose.
PASSWORD = "correct horse battery"
_hashes: dict[str, str] = {}
_numbers = count(1)


def make_user(email: str | None = None, role: str = "owner", **fields: Any) -> User:
    hasher = settings.PASSWORD_HASHERS[0]
    if hasher not in _hashes:
        _hashes[hasher] = make_password(PASSWORD)
    email = email or f"person-{next(_numbers)}@example.com"
    return User.objects.create(
        email=email, role=role, password=_hashes[hasher], **{"first_name": "Kim", **fields}
    )


def first_user() -> User:
    """Return the first user of the active tenant, created if it has none."""
    return User.objects.order_by("pk").first() or make_user()


def make_session(user: User | None = None) -> LoginSession:
    return LoginSession.objects.open(user or first_user(), Client())[0]


def make_email_token() -> EmailToken:
    email = f"person-{next(_numbers)}@example.com"
    user = first_user()
    purpose = EmailToken.Purpose.INVITATION
    token, _ = EmailToken.objects.issue(purpose, email, role="staff", user=user, invited_by=user)
    return token


def make_tokens(user: User) -> dict[str, str]:
    """Log `user` in in a new session; return the access and the refresh token."""
    with tenant_context(user.tenant):
        session, secret = LoginSession.objects.open(user, Client())
        return {
            "access": str(AccessToken.for_session(session)),
            "refresh": str(RefreshToken.for_session(session, secret)),
        }


def make_cookie(user: User) -> str:
    """Return the cookie of a new browser session of `user`, whatever tenant is active."""
    with tenant_context(user.tenant):
        session, secret = LoginSession.objects.open(user, Client(), kind="browser")
    return cookie_value(session.pk, secret)
