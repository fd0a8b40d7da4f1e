from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.exceptions import TokenError

from apps.api.fields import StrictCharField
from apps.audit.models import AuditEvent
from apps.throttling.exceptions import RateLimited
from apps.throttling.lockout import count_login, record_login_success, refund_login
from apps.users.actions import UserAction
from apps.users.exceptions import SecretReused, SessionEnded
from apps.users.models import LoginSession
from apps.users.normalization import normalize_email
from apps.users.serializer_fields import PasswordField
from auth_backends.browser_sessions import session_of
from auth_backends.tokens import AccessToken, RefreshToken


class CredentialsSerializer(serializers.Serializer):
    """An e-mail and a password, checked by `log_in()`."""

    email = StrictCharField(write_only=True, max_length=254)
    password = PasswordField()

    def log_in(self, attrs: dict[str, Any]) -> Any:
        """Return the user with these credentials; raise AuthenticationFailed or RateLimited."""
        request = self.context["request"]
        client = request.client
        try:
            email = subject = normalize_email(attrs["email"])
        except ValidationError:
            # Not recorded: it may be a password that was entered into the wrong field.
            email, subject = attrs["email"], ""
        count_login(email, client, is_known_client=self.is_known_client(attrs, email))
        try:
            user: Any = authenticate(request, email=email, password=attrs["password"])
        except RateLimited:  # no slot was free: the password was not checked
            refund_login(email, client)
            raise
        if user is None:
            AuditEvent.objects.record(UserAction.LOGIN_FAILED, request, subject=subject)
            raise AuthenticationFailed(
                _("No active account has this e-mail and password."), code="invalid_credentials"
            )
        record_login_success(user, email, client)
        return user

    def is_known_client(self, attrs: dict[str, Any], email: str) -> bool:
        raise NotImplementedError


class LoginSerializer(CredentialsSerializer):
    access = serializers.CharField(read_only=True)
    refresh = StrictCharField(
        required=False,
        max_length=4096,
        help_text="An earlier refresh token of the same user identifies a known client, "
        "which is exempt from a lock-out of the account.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        """Return the tokens of a new session; raise AuthenticationFailed or RateLimited."""
        request, user = self.context["request"], self.log_in(attrs)
        session, secret = LoginSession.objects.open(user, request.client)
        AuditEvent.objects.record(UserAction.LOGGED_IN, request, actor=user, subject=user.email)
        return _tokens(session, secret)

    def is_known_client(self, attrs: dict[str, Any], email: str) -> bool:
        return _is_known(attrs.get("refresh"), email)


class BrowserLoginSerializer(CredentialsSerializer):
    """The credentials of a page's form; validated, they have the `user`."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"user": self.log_in(attrs)}

    def is_known_client(self, attrs: dict[str, Any], email: str) -> bool:
        session = session_of(self.context["request"])
        return session is not None and session.user.email == email


class RefreshSerializer(serializers.Serializer):
    refresh = StrictCharField(max_length=4096)
    access = serializers.CharField(read_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        """Return new tokens and void the given one; raise AuthenticationFailed."""
        request = self.context["request"]
        try:
            token = RefreshToken(attrs["refresh"])
            user_id, session_id = UUID(token["sub"]), UUID(token["sid"])
            rotated = LoginSession.objects.rotate(user_id, session_id, token["jti"], request.client)
            return _tokens(*rotated)
        except SecretReused as error:
            AuditEvent.objects.record(
                UserAction.SECRET_REUSED, request, subject=error.user.email, session=token["sid"]
            )
            raise _authentication_failed() from error
        except (TokenError, SessionEnded) as error:
            raise _authentication_failed() from error


def _is_known(refresh: str | None, email: str) -> bool:
    if refresh is None:
        return False
    try:
        token = RefreshToken(refresh)
    except TokenError:
        return False
    sessions = LoginSession.objects.live().with_secret(token["jti"])
    return sessions.filter(pk=token["sid"], user__email=email).exists()


def _tokens(session: LoginSession, secret: str) -> dict[str, str]:
    return {
        "access": str(AccessToken.for_session(session)),
        "refresh": str(RefreshToken.for_session(session, secret)),
    }


def _authentication_failed() -> AuthenticationFailed:
    return AuthenticationFailed("The refresh token is invalid or expired.", code="invalid_token")
