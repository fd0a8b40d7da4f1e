from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from apps.api.devices import Device
from apps.identity.exceptions import LinkInvalid, SecretReused, SessionOver
from apps.identity.secrets import digest, new_secret, successor
from apps.tenants.managers import TenantManager, TenantQuerySet

if TYPE_CHECKING:
    from apps.identity.models import MailedToken, Session


class SessionQuerySet(TenantQuerySet["Session"]):
    def live(self) -> Self:
        """Return the sessions that are neither ended nor too old, of users who are active."""
        now = timezone.now()
        return self.filter(
            ended_at=None, expires_at__gt=now, idle_expires_at__gt=now, user__is_active=True
        )

    def end(self) -> int:
        """End these sessions: the next request of any of them is refused."""
        return self.filter(ended_at=None).update(ended_at=timezone.now())


class SessionManager(TenantManager.from_queryset(SessionQuerySet)):  # type: ignore[misc]
    def open(self, user: Any, device: Device) -> tuple[Session, str]:
        """Open a session for `user`; return it with its first refresh secret."""
        secret = new_secret()
        now = timezone.now()
        idle, absolute = lifetimes(user)
        session = self.create(
            user=user,
            secret_hash=digest(secret),
            created_at=now,
            rotated_at=now,
            idle_expires_at=now + idle,
            expires_at=now + absolute,
            address=device.address or None,
            user_agent=device.user_agent,
        )
        return session, secret

    def rotate(
        self, user_id: UUID, session_id: UUID, secret: str, device: Device
    ) -> tuple[Session, str]:
        """Exchange a session's refresh secret for the next one, which is returned with it.

        One UPDATE decides who of many that show the same secret is first. The others get the same
        answer for REFRESH_GRACE, because theirs may have been lost on its way. After that the
        secret is a copy in somebody's hands: the session is ended and SecretReused is raised.
        Raises SessionOver where there is no live session. Must run in autocommit: the end of the
        session has to outlive the exception.
        """
        session = self.live().filter(pk=session_id, user_id=user_id).select_related("user").first()
        now = timezone.now()
        # By today's role: it may be a stricter one than at log-in.
        idle, absolute = lifetimes(session.user) if session else (timedelta(0), timedelta(0))
        if session is None or now >= min(session.rotated_at + idle, session.created_at + absolute):
            raise SessionOver
        child = successor(secret)
        fresh = {
            "secret_hash": digest(child),
            "previous_hash": digest(secret),
            "rotated_at": now,
            "idle_expires_at": now + idle,
            "expires_at": min(session.expires_at, session.created_at + absolute),
            "address": device.address or None,
            "user_agent": device.user_agent,
        }
        mine = self.filter(pk=session_id, ended_at=None, secret_hash=digest(secret))
        if mine.update(**fresh):
            for name, value in fresh.items():
                setattr(session, name, value)
            return session, child
        return self._repeat(session_id, secret, child), child

    def _repeat(self, session_id: UUID, secret: str, child: str) -> Session:
        session: Session | None = self.live().filter(pk=session_id).select_related("user").first()
        if session is None:
            raise SessionOver
        is_parent = (session.previous_hash, session.secret_hash) == (digest(secret), digest(child))
        if is_parent and timezone.now() - session.rotated_at < settings.REFRESH_GRACE:
            return session
        self.filter(pk=session_id).end()
        raise SecretReused(session.user)


def lifetimes(user: Any) -> tuple[timedelta, timedelta]:
    """Return how long a session of `user` may idle, and how long it may last."""
    return settings.SESSION_LIFETIMES["team" if user.is_team else "customer"]


class MailedTokenQuerySet(TenantQuerySet["MailedToken"]):
    def usable(self) -> Self:
        return self.filter(used_at=None, expires_at__gt=timezone.now())

    def void(self) -> int:
        """Make these tokens unusable."""
        return self.filter(used_at=None).update(used_at=timezone.now())


class MailedTokenManager(TenantManager.from_queryset(MailedTokenQuerySet)):  # type: ignore[misc]
    def issue(self, purpose: str, email: str, **fields: Any) -> tuple[MailedToken, str]:
        """Make a token for `purpose`, void the ones before it, and return it with its secret."""
        secret = new_secret()
        self.filter(purpose=purpose, email=email).void()
        token = self.create(
            purpose=purpose,
            email=email,
            secret_hash=digest(secret),
            expires_at=timezone.now() + settings.MAILED_TOKEN_LIFETIME,
            **fields,
        )
        return token, secret

    def use(self, purpose: str, secret: str) -> MailedToken:
        """Use a token up and return it; raise LinkInvalid. Only one of many callers succeeds."""
        found = self.usable().filter(purpose=purpose, secret_hash=digest(secret))
        token: MailedToken | None = found.first()
        if token is None or not found.void():
            raise LinkInvalid
        return token
