"""Forged tokens with any header, claims and key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
from django.conf import settings

from apps.users.models import User
from tests.apps.users.factories import make_tokens

DIGESTS = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
MISSING = object()


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a token's header and claims, unverified."""
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


def forge(
    user: User,
    kind: str = "access",
    *,
    header: dict[str, Any] | None = None,
    claims: dict[str, Any] | None = None,
    key: str | None = None,
) -> str:
    """Return the user's good token with other headers and claims, signed again; `MISSING` drops."""
    good_header, good_claims = parts_of(make_tokens(user)[kind])
    changed = [
        {name: value for name, value in (good | (changes or {})).items() if value is not MISSING}
        for good, changes in ((good_header, header), (good_claims, claims))
    ]
    return sign(*changed, key=key)


def sign(header: Any, payload: Any, *, key: str | None = None) -> str:
    """Return a compact JWS of any two JSON values, or bytes; signed with our active key."""
    algorithm = header.get("alg") if isinstance(header, dict) else None
    signed = b".".join(_encode(part) for part in (header, payload))
    digest = (
        DIGESTS.get(algorithm, hashlib.sha256) if isinstance(algorithm, str) else hashlib.sha256
    )
    secret = next(iter(settings.JWT_KEYS.values())).signing if key is None else key
    return (signed + b"." + _base64(hmac.new(secret.encode(), signed, digest).digest())).decode()


def unsigned(token: str) -> str:
    return token.rpartition(".")[0] + "."


def now() -> int:
    return int(time.time())


def _encode(part: Any) -> bytes:
    return _base64(part if isinstance(part, bytes) else json.dumps(part).encode())


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
