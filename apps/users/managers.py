from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import connections, models, transaction
from django.db.models.functions import Now

from apps.tenants.context import require_active_tenant
from apps.tenants.managers import TenantManager, TenantQuerySet
from apps.throttling.client import Client
from apps.users.exceptions import InvalidLink, SecretReused, SessionEnded
from apps.users.tokens import digest, new_secret, successor

if TYPE_CHECKING:
    from apps.users.models import EmailToken, LoginSession, User

#: Live sessions per user.
MAX_SESSIONS = 100
#: The precision of the time when a browser session was last seen.
TOUCH_INTERVAL = timedelta(minutes=5)


class UserQuerySet(TenantQuerySet["User"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return all users for a member of the team, only `user` for others."""
        if getattr(user, "is_team", False):
            return self
        return self.filter(pk=user.pk)

    def active_owners(self) -> Self:
        return self.filter(role="owner", is_active=True)


class UserManager(TenantManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user of the active tenant, who cannot log in without a password."""
        user: User = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> User:
        """Return the user of the active tenant with this e-mail, which need not be normalized."""
        user: User = self.get(email=email or "")
        return user


class LoginSessionQuerySet(TenantQuerySet["LoginSession"]):
    def live(self) -> Self:
        """Return the sessions of active users that have neither ended nor expired."""
        return self.filter(
            ended_at=None, expires_at__gt=Now(), idle_expires_at__gt=Now(), user__is_active=True
        )

    def with_secret(self, secret: str) -> Self:
        """Return the sessions with this current or previous refresh secret."""
        hashed = digest(secret)
        return self.filter(models.Q(secret_hash=hashed) | models.Q(previous_hash=hashed))

    def end(self) -> int:
        """End these sessions, so that their next request is refused."""
        return self.filter(ended_at=None).update(ended_at=Now())


class LoginSessionManager(TenantManager.from_queryset(LoginSessionQuerySet)):  # type: ignore[misc]
    def open(self, user: Any, client: Client, *, kind: str = "token") -> tuple[LoginSession, str]:
        """Create a session and return it with its secret; end those over MAX_SESSIONS."""
        secret = new_secret()
        now = _database_time(self.db)
        idle, absolute = lifetimes(user)
        session = self.create(
            user=user,
            kind=kind,
            secret_hash=digest(secret),
            created_at=now,
            rotated_at=now,
            idle_expires_at=now + idle,
            expires_at=now + absolute,
            address=client.ip or None,
            user_agent=client.user_agent,
        )
        newest_first = self.live().filter(user=user).order_by("-created_at", "-pk")
        self.filter(pk__in=newest_first.values("pk")[MAX_SESSIONS:]).end()
        return session, secret

    def rotate(
        self, user_id: UUID, session_id: UUID, secret: str, client: Client
    ) -> tuple[LoginSession, str]:
        """Exchange the refresh secret of a session for the next one; return both.

        Of concurrent requests with one secret, an UPDATE lets one win. The others get the same
        result during REFRESH_GRACE, as a response may get lost. After that, reuse proves a copy:
        the session is ended and SecretReused raised. Raise SessionEnded without a live session.
        Must run in autocommit, so that the exception does not roll back the end of the session.
        """
        session = self._live(pk=session_id, user_id=user_id, kind="token")
        if session is None:
            raise SessionEnded
        # By the present role, whose lifetimes may be shorter than those at log-in.
        now, (idle, absolute) = session.now, lifetimes(session.user)
        if now >= min(session.rotated_at + idle, session.created_at + absolute):
            raise SessionEnded
        child = successor(secret)
        values = {
            "secret_hash": digest(child),
            "previous_hash": digest(secret),
            "rotated_at": now,
            "idle_expires_at": now + idle,
            "expires_at": min(session.expires_at, session.created_at + absolute),
            "address": client.ip or None,
            "user_agent": client.user_agent,
        }
        current = self.filter(pk=session_id, ended_at=None, secret_hash=digest(secret))
        if current.update(**values):
            for name, value in values.items():
                setattr(session, name, value)
            return session, child
        return self._repeat(session_id, secret, child), child

    def of_browser(self, session_id: UUID, secret: str, client: Client) -> LoginSession | None:
        """Return the live browser session with this secret, and its user; None without one.

        Its idle timeout begins anew, with one UPDATE in TOUCH_INTERVAL at most.
        """
        session: Any = self._live(pk=session_id, kind="browser", secret_hash=digest(secret))
        if session is None:
            return None
        now, (idle, absolute) = session.now, lifetimes(session.user)
        if now >= min(session.rotated_at + idle, session.created_at + absolute):
            return None
        if now - session.rotated_at > TOUCH_INTERVAL:
            values = {
                "rotated_at": now,
                "idle_expires_at": now + idle,
                "address": client.ip or None,
            }
            self.filter(pk=session_id, ended_at=None).update(**values)
        session.user.session_age = now - session.created_at
        found: LoginSession = session
        return found

    def renew_secret(self, session_id: UUID) -> str:
        """Give a session another secret, such as after a new password, and return it."""
        secret = new_secret()
        self.filter(pk=session_id).update(secret_hash=digest(secret), previous_hash="")
        return secret

    def _repeat(self, session_id: UUID, secret: str, child: str) -> LoginSession:
        session = self._live(pk=session_id)
        if session is None:
            raise SessionEnded
        is_parent = (session.previous_hash, session.secret_hash) == (digest(secret), digest(child))
        if is_parent and session.now - session.rotated_at < settings.REFRESH_GRACE:
            return session
        self.filter(pk=session_id).end()
        raise SecretReused(session.user)

    def _live(self, **lookups: Any) -> Any:
        """Return a live session with its user and `now`, the database's time, or None."""
        return self.live().filter(**lookups).select_related("user").annotate(now=Now()).first()


def _database_time(using: str, *, lock: str = "") -> datetime:
    """Return the database's time; with `lock`, after taking the advisory lock of that name."""
    with connections[using].cursor() as cursor:
        if lock:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
        cursor.execute("SELECT statement_timestamp()")
        [now] = cursor.fetchone()
    return now


def lifetimes(user: Any) -> tuple[timedelta, timedelta]:
    """Return the idle timeout and the absolute lifetime of a session of `user`."""
    return settings.SESSION_LIFETIMES["team" if user.is_team else "customer"]


class EmailTokenQuerySet(TenantQuerySet["EmailToken"]):
    def usable(self) -> Self:
        return self.filter(used_at=None, expires_at__gt=Now())

    def void(self) -> int:
        """Make these tokens unusable."""
        return self.filter(used_at=None).update(used_at=Now())


class EmailTokenManager(TenantManager.from_queryset(EmailTokenQuerySet)):  # type: ignore[misc]
    def issue(
        self, purpose: str, email: str, *, lifetime: timedelta | None = None, **fields: Any
    ) -> tuple[EmailToken, str]:
        """Create a token, void earlier ones for its purpose and address, return it and its secret.

        It expires after `lifetime`, by default EMAIL_TOKEN_LIFETIME. The lock makes concurrent
        calls void each other's tokens, so that one stays usable.
        """
        secret = new_secret()
        with transaction.atomic(using=self.db):
            now = _database_time(self.db, lock=f"{require_active_tenant().pk} {purpose} {email}")
            self.filter(purpose=purpose, email=email).void()
            token = self.create(
                purpose=purpose,
                email=email,
                secret_hash=digest(secret),
                expires_at=now + (lifetime or settings.EMAIL_TOKEN_LIFETIME),
                **fields,
            )
        return token, secret

    def renew_secret(self, token: EmailToken) -> str | None:
        """Give a token a new secret and its whole lifetime; return None if it is used or void."""
        secret = new_secret()
        expires_at = Now() + settings.EMAIL_TOKEN_LIFETIME
        unused = self.filter(pk=token.pk, used_at=None)
        is_renewed = unused.update(secret_hash=digest(secret), expires_at=expires_at)
        return secret if is_renewed else None

    def use(self, purpose: str, secret: str) -> EmailToken:
        """Void a usable token and return it; raise InvalidLink, also if another call was faster."""
        tokens = self.usable().filter(purpose=purpose, secret_hash=digest(secret))
        token: EmailToken | None = tokens.first()
        if token is None or not tokens.void():
            raise InvalidLink
        return token
