from __future__ import annotations

from typing import Any


class LastOwner(Exception):
    """The tenant would be left without an active owner."""


class SessionEnded(Exception):
    """The session does not exist, was ended, is too old or idle, or its user is inactive."""


class SecretReused(SessionEnded):
    """A used secret of `user` was presented again, so a copy exists. The session was ended."""

    def __init__(self, user: Any) -> None:
        super().__init__()
        self.user = user


class InvalidLink(Exception):
    """A mailed token is unknown, used, expired, or belongs to another purpose or tenant."""
