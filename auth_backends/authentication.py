from __future__ import annotations

from typing import Any

from django.db.models import F
from django.db.models.functions import Now
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed as SimpleAuthenticationFailed
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.tokens import Token

from apps.users.models import LoginSession
from auth_backends.browser_sessions import is_same_origin, session_of


class TenantJWTAuthentication(JWTAuthentication):
    """Authenticate by `Authorization: Bearer <access token of the active tenant>`.

    All invalid tokens get the same 401.
    """

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        try:
            return super().authenticate(request)
        except SimpleAuthenticationFailed as error:
            raise AuthenticationFailed(
                "The token is invalid or expired.", code="invalid_token"
            ) from error

    def get_raw_token(self, header: bytes) -> bytes | None:
        # The scheme's name is case-insensitive: RFC 9110, section 11.1.
        scheme, _, rest = header.strip().partition(b" ")
        return super().get_raw_token(scheme.lower().capitalize() + b" " + rest)

    def get_user(self, validated_token: Token) -> Any:
        """Return the user of the token; raise InvalidToken unless its session is live.

        A log-out, a new password and a deactivation therefore take effect at once.
        """
        session = (
            LoginSession.objects.live()
            .filter(pk=validated_token["sid"], user_id=validated_token["sub"])
            .select_related("user")
            .annotate(age=Now() - F("created_at"))
            .first()
        )
        if session is None:
            raise InvalidToken
        session.user.session_age = session.age
        return session.user


class BrowserSessionAuthentication(BaseAuthentication):
    """Authenticate by the cookie of a browser session. No path of the API uses it, only pages."""

    def authenticate(self, request: Request) -> tuple[Any, dict[str, str]] | None:
        """Return the user and the session's id as `sid`; refuse writes of other origins."""
        http_request: Any = request._request
        session = session_of(http_request)
        if session is None:
            return None
        if request.method not in SAFE_METHODS and not is_same_origin(http_request):
            raise PermissionDenied("This form is not of this site.", "cross_origin")
        return session.user, {"sid": str(session.pk)}

    def authenticate_header(self, request: Request) -> str:
        return "Cookie"
