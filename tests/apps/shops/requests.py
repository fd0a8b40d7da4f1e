"""Requests to open a shop, and waiting for the notification of other processes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

OWNER = {"email": "boss@pear.example", "password": "korrekte Batterie", "first_name": "Kim"}


def opening(code: Any, *, name: Any = "Pear", owner: Any = ()) -> dict[str, Any]:
    """Return a valid body for POST /api/shops/; a dict as `owner` updates the default."""
    if isinstance(owner, (dict, tuple)):
        owner = OWNER | dict(owner)
    return {"code": code, "name": name, "owner": owner}


def eventually(check: Callable[[], bool], within: float = 1.0) -> None:
    """Wait until `check()`: the notification of a changed shop takes milliseconds."""
    deadline = time.monotonic() + within
    while not check():
        assert time.monotonic() < deadline, f"Not so within {within} s."
        time.sleep(0.002)
