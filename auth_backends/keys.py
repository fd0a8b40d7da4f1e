"""The keys that sign and verify tokens."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

_SHORTEST_KEY = 32  # bytes; RFC 7518, section 3.2, for HS256


def parse_signing_keys(text: str, *, not_to_be: str) -> dict[str, str]:
    """Return the keys of `kid:key kid:key ...` by their kid, the one that signs first.

    A single key may come without a kid, and has the kid "0" then. Raises ImproperlyConfigured
    for a key under 256 bits, for one that is `not_to_be`, for a kid twice, and for no key at all.
    """
    pairs = [pair.rpartition(":")[::2] for pair in text.split()]
    keys = {kid or "0": key for kid, key in pairs}
    if not keys or len(keys) != len(pairs):
        raise ImproperlyConfigured("JWT_KEYS takes `kid:key kid:key ...`, each kid once.")
    for kid, key in keys.items():
        if len(key.encode()) < _SHORTEST_KEY:
            raise ImproperlyConfigured(f"The key {kid} in JWT_KEYS has less than 256 bits.")
        if key == not_to_be:
            raise ImproperlyConfigured("JWT_KEYS must not be SECRET_KEY.")
    return keys
