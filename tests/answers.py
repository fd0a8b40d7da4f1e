"""Comparing answers that must not be told apart."""

from __future__ import annotations

from typing import Any

#: They name or count the request itself, whatever it asks for.
_OF_THE_REQUEST = {"X-Request-ID", "RateLimit"}


def steady_headers(response: Any) -> dict[str, str]:
    """Return the headers that two answers have to share to be alike."""
    return {name: value for name, value in response.headers.items() if name not in _OF_THE_REQUEST}
