from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.exceptions import ImproperlyConfigured
from jwt.algorithms import OKPAlgorithm

_BYTES = 32  # RFC 7518, section 3.2, for HS256; RFC 8032 for an Ed25519 seed
_MIN_DISTINCT = 10
ALGORITHMS = ("HS256", "EdDSA")


@dataclass(frozen=True)
class TokenKey:
    """A key that signs and verifies tokens; with EdDSA, third parties can verify them too."""

    kid: str
    algorithm: str
    signing: Any = field(hash=False)
    verifying: Any = field(hash=False)

    def public_jwk(self) -> dict[str, Any] | None:
        """Return the public key as a JWK (RFC 8037), or None for HS256."""
        if self.algorithm != "EdDSA":
            return None
        return {
            **OKPAlgorithm.to_jwk(self.verifying, as_dict=True),
            "kid": self.kid,
            "alg": self.algorithm,
            "use": "sig",
        }


def parse_signing_keys(text: str, *, not_to_be: str) -> dict[str, TokenKey]:
    """Return the keys of `kid:key kid:EdDSA:seed ...` by kid; the first one signs.

    A key has 256 bits or more, an EdDSA seed is 32 bytes in base64url, a missing kid means "0".
    Raise ImproperlyConfigured for a key that is too short or equals `not_to_be`, for a duplicate
    kid, and if there is no key.
    """
    entries = [_parse(entry, not_to_be) for entry in text.split()]
    keys = {key.kid: key for key in entries}
    if not keys or len(keys) != len(entries):
        raise ImproperlyConfigured("JWT_KEYS takes `kid:key kid:key ...`, each kid once.")
    return keys


def require_256_bits(name: str, key: str) -> str:
    """Return `key`, or raise ImproperlyConfigured with `name` if it is too short."""
    if len(key) < _BYTES:
        raise ImproperlyConfigured(f"{name} has less than 256 bits.")
    return key


def require_random(name: str, text: str) -> str:
    """Return `text`, or raise ImproperlyConfigured with `name` if it is evidently not random.

    That is, if it has surrounding whitespace or fewer than ten distinct characters.
    """
    if text != text.strip() or len(set(text.rpartition(":")[2])) < _MIN_DISTINCT:
        raise ImproperlyConfigured(f"{name} is not random text.")
    return text


def new_entry(kid: str, algorithm: str) -> str:
    """Return an entry of JWT_KEYS with a new random key."""
    middle = "EdDSA:" if algorithm == "EdDSA" else ""
    return f"{kid}:{middle}{secrets.token_urlsafe(_BYTES)}"


def _parse(entry: str, not_to_be: str) -> TokenKey:
    head, _, key = entry.rpartition(":")
    kid, _, algorithm = head.partition(":")
    kid = kid or "0"
    if key == not_to_be:
        raise ImproperlyConfigured("JWT_KEYS must not be SECRET_KEY.")
    if algorithm == "EdDSA":
        return _parse_seed(kid, key)
    if algorithm:
        raise ImproperlyConfigured(f"The key {kid} in JWT_KEYS has an unknown algorithm.")
    require_256_bits(f"The key {kid} in JWT_KEYS", key)
    return TokenKey(kid, "HS256", key, key)


def _parse_seed(kid: str, text: str) -> TokenKey:
    try:
        private = Ed25519PrivateKey.from_private_bytes(
            urlsafe_b64decode(text + "=" * (-len(text) % 4))
        )
    except ValueError as error:
        message = f"The key {kid} in JWT_KEYS is not a seed of 32 bytes."
        raise ImproperlyConfigured(message) from error
    return TokenKey(kid, "EdDSA", private, private.public_key())
