"""Secrets that we hand out and keep only the hash of."""

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
    """Return what we keep of a secret: its SHA-256. The secret is random, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def successor(secret: str) -> str:
    """Return the secret that follows `secret`; always the same, and nobody else can tell it.

    That is how a client that lost our answer gets the same one again without our keeping it.
    """
    mac = salted_hmac("galleria.users.successor", secret, algorithm="sha256")
    return urlsafe_b64encode(mac.digest()).rstrip(b"=").decode()
