from __future__ import annotations

from typing import Any


class LastOwner(Exception):
    """The tenant would be left without an active owner."""


class SessionEnded(Exception):
    """The session does not exist, has ended or expired, or its user is inactive."""


class SecretReused(SessionEnded):
    """A refresh secret of `user` was reused, so it has been copied. The session has been ended."""

    def __init__(self, user: Any) -> None:
        super().__init__()
        self.user = user


class InvalidLink(Exception):
    """A mailed token is unknown, used, expired, or belongs to another purpose or tenant."""
