"""Authenticates a request by the access token that it carries."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.db.models.functions import Now
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed as SimpleAuthenticationFailed
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.tokens import Token

from apps.users.models import LoginSession


class TenantJWTAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access token of the active tenant>`. Every flaw is the same 401."""

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
        """Return the token's user, in one query; its session has to be live.

        So a log-out, a changed password and a deactivation count from the next request on.
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
