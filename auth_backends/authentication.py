from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import F, Subquery
from django.db.models.functions import Now
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed as SimpleAuthenticationFailed
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.tokens import Token

from apps.products.models import CatalogueVersion
from apps.tenants.compiled import CompiledQuery, Parameter
from apps.users.models import LoginSession, User
from auth_backends.browser_sessions import is_same_origin, session_of

_USER_FIELDS = [field.attname for field in User._meta.concrete_fields]
# With the version of the catalogue, which lists of products compare, in the same statement.
_users_of_live_sessions = CompiledQuery(
    lambda: (
        LoginSession.objects.live()
        .filter(
            pk=Parameter("sid", models.UUIDField()), user_id=Parameter("sub", models.UUIDField())
        )
        .values_list(
            *(f"user__{name}" for name in _USER_FIELDS),
            Now() - F("created_at"),
            Subquery(CatalogueVersion.objects.filter(pk=F("tenant_id")).values("version")),
        )
    )
)


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
        rows = _users_of_live_sessions.rows(sid=validated_token["sid"], sub=validated_token["sub"])
        if not rows:
            raise InvalidToken
        [(*values, age, version)] = rows
        user: Any = User.from_db(DEFAULT_DB_ALIAS, _USER_FIELDS, values)
        user.session_age = age
        user.catalogue_version = version or 0
        return user


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
