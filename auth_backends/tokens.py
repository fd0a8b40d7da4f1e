"""JSON Web Tokens that are valid in one shop."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn, Self
from uuid import UUID

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken as SimpleAccessToken
from rest_framework_simplejwt.tokens import RefreshToken as SimpleRefreshToken
from rest_framework_simplejwt.tokens import Token
from rest_framework_simplejwt.utils import datetime_to_epoch

from apps.tenants.context import require_active_tenant
from apps.tenants.models import Tenant
from auth_backends.keys import TokenKey

if TYPE_CHECKING:
    from apps.users.models import LoginSession

#: The `typ` header of each kind of token; RFC 9068 gives the access token's.
HEADER_TYPES = {"access": "at+jwt", "refresh": "rt+jwt"}

_REQUIRED_CLAIMS = ["iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp", "token_type"]

_TIMES = ["iat", "nbf", "exp"]
_LAST_SECOND = 253_402_300_799  # of the year 9999, datetime.MAXYEAR


def audience_of(tenant: Tenant) -> str:
    """Return the `aud` of a tenant's tokens, from its id, because its code may be renamed."""
    return f"urn:shop:{tenant.pk}"


class KeyedTokenBackend(TokenBackend):
    """Sign with the first of JWT_KEYS, and verify with the one of the token's `kid`.

    Raise TokenBackendError for any invalid token, whatever the types of its claims.
    """

    def encode(self, payload: dict[str, Any]) -> str:
        key: TokenKey = next(iter(settings.JWT_KEYS.values()))
        headers = {"kid": key.kid, "typ": HEADER_TYPES[payload["token_type"]]}
        return jwt.encode(
            {**payload, "iss": self.issuer}, key.signing, algorithm=key.algorithm, headers=headers
        )

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        try:
            claims = _signed_claims(token, self.issuer, tuple(settings.JWT_KEYS.values()))
        except (jwt.PyJWTError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise TokenBackendError("Token is invalid") from error
        now, leeway = time.time(), self.get_leeway().total_seconds()
        if claims["exp"] <= now - leeway or max(claims["iat"], claims["nbf"]) > now + leeway:
            raise TokenBackendError("Token is expired or not yet valid")
        return {**claims}


@lru_cache(maxsize=2048)
def _signed_claims(token: str, issuer: str, keys: tuple[TokenKey, ...]) -> dict[str, Any]:
    """Return the claims of a token that one of `keys` has signed, whatever the time.

    A client sends the same token for minutes, and its signature stays what it is. Raise ValueError
    or another of the exceptions that `decode()` expects.
    """
    header = jwt.get_unverified_header(token)
    key = {each.kid: each for each in keys}[header["kid"]]
    claims = jwt.decode(
        token,
        key.verifying,
        algorithms=[key.algorithm],
        issuer=issuer,
        options={
            "require": _REQUIRED_CLAIMS,
            # TenantToken.verify() compares the audience with the active tenant.
            "verify_aud": False,
            # decode() compares the times with each request.
            "verify_exp": False,
            "verify_iat": False,
            "verify_nbf": False,
        },
    )
    if any(type(claims[name]) is not int or claims[name] > _LAST_SECOND for name in _TIMES):
        raise ValueError("Token timestamps must be integers.")
    if header["typ"] != HEADER_TYPES[claims["token_type"]]:
        raise ValueError("Token type differs from the header.")
    return claims


class TenantToken(Token):
    """A token of the active tenant, which `verify()` checks for all endpoints."""

    _token_backend = KeyedTokenBackend(
        api_settings.ALGORITHM, issuer=api_settings.ISSUER, leeway=api_settings.LEEWAY
    )

    def __init__(self, token: Any = None, verify: bool = True) -> None:
        super().__init__(token, verify)
        if token is None:
            self["aud"] = audience_of(require_active_tenant())
            self["nbf"] = datetime_to_epoch(self.current_time)

    def verify(self) -> None:
        super().verify()
        if self["aud"] != audience_of(require_active_tenant()):
            raise TokenError("Token is for another audience")
        try:
            UUID(self["sub"]), UUID(self["sid"])
        except (AttributeError, TypeError, ValueError) as error:
            raise TokenError("Token has no subject or no session") from error

    @classmethod
    def for_user(cls, user: Any) -> NoReturn:
        raise TokenError("Tokens belong to sessions; see for_session()")


class AccessToken(TenantToken, SimpleAccessToken):
    """A token that authenticates requests for ACCESS_TOKEN_LIFETIME."""

    @classmethod
    def is_signed(cls, header: str) -> bool:
        """Return True if an `Authorization` header has a token of any shop, without a query."""
        try:
            claims = cls._token_backend.decode(header.removeprefix("Bearer "))
        except TokenBackendError:
            return False
        return bool(claims["token_type"] == cls.token_type)

    @classmethod
    def for_session(cls, session: LoginSession) -> Self:
        """Return a new token for a session of the active tenant."""
        token = cls()
        token["sub"] = str(session.user_id)
        token["sid"] = str(session.pk)
        return token


class RefreshToken(TenantToken, SimpleRefreshToken):
    """A token to be exchanged once for new ones. Its `jti` is the refresh secret of its session."""

    @classmethod
    def for_session(cls, session: LoginSession, secret: str) -> Self:
        """Return the token for a secret of a session; the same one for the same secret."""
        token = cls()
        token["sub"] = str(session.user_id)
        token["sid"] = str(session.pk)
        token["jti"] = secret
        token["iat"] = token["nbf"] = datetime_to_epoch(session.rotated_at)
        token["exp"] = datetime_to_epoch(session.expires_at)
        return token

    def outstand(self) -> NoReturn:
        raise NotImplementedError("The table of outstanding tokens has no tenant.")
