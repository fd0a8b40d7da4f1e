"""Random secrets, of which only the hash is stored."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode

from django.utils.crypto import salted_hmac

_BYTES = 32


def new_secret() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(_BYTES)


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret. It needs no salt, because the secret is random."""
    return hashlib.sha256(secret.encode()).hexdigest()


def successor(secret: str) -> str:
    """Return the successor of `secret`, an HMAC of it with SECRET_KEY.

    A client that lost the response gets the same secret again, though only its hash is stored.
    """
    mac = salted_hmac("galleria.users.successor", secret, algorithm="sha256")
    return urlsafe_b64encode(mac.digest()).rstrip(b"=").decode()
