from typing import Any


class SessionOver(Exception):
    """No such session, or it was ended, is too old or idle, or its user is inactive."""


class SecretReused(SessionOver):
    """A secret of `user` that was used before came again: somebody has a copy.

    The session was ended.
    """

    def __init__(self, user: Any) -> None:
        super().__init__()
        self.user = user


class LinkInvalid(Exception):
    """A token sent by mail is unknown, used, too old, of another purpose or of another shop."""
