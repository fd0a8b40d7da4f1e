"""What log-in and refresh take and return."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, get_user_model
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.exceptions import TokenError

from auth_backends.tokens import RefreshToken


class LoginSerializer(serializers.Serializer):
    email = serializers.CharField(write_only=True, max_length=254)
    password = serializers.CharField(
        write_only=True, max_length=128, trim_whitespace=False, style={"input_type": "password"}
    )
    access = serializers.CharField(read_only=True)
    refresh = serializers.CharField(read_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        """Return a new pair of tokens; raise AuthenticationFailed, the same for every miss."""
        user = authenticate(self.context["request"], **attrs)
        if user is None:
            raise AuthenticationFailed(
                "No active account has this e-mail and password.", code="invalid_credentials"
            )
        refresh = RefreshToken.for_user(user)
        return {"access": str(refresh.access_token), "refresh": str(refresh)}


class RefreshSerializer(serializers.Serializer):
    refresh = serializers.CharField(write_only=True, max_length=4096)
    access = serializers.CharField(read_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        """Return a new access token; raise AuthenticationFailed, the same for every flaw."""
        try:
            refresh = RefreshToken(attrs["refresh"])
        except TokenError as error:
            raise _refused() from error
        if not get_user_model()._default_manager.filter(pk=refresh["sub"], is_active=True).exists():
            raise _refused()
        return {"access": str(refresh.access_token)}


def _refused() -> AuthenticationFailed:
    return AuthenticationFailed("The refresh token is invalid or expired.", code="invalid_token")
