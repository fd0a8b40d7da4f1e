"""Requests to open a shop, and patience for what other processes hear of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

OWNER = {"email": "boss@pear.example", "password": "korrekte Batterie", "first_name": "Kim"}


def opening(code: Any, *, name: Any = "Pear", owner: Any = ()) -> dict[str, Any]:
    """Return a good body for POST /api/shops/; a dict as `owner` changes the good one."""
    if isinstance(owner, (dict, tuple)):
        owner = OWNER | dict(owner)
    return {"code": code, "name": name, "owner": owner}


def eventually(check: Callable[[], bool], within: float = 1.0) -> None:
    """Wait until `check()`: word of a changed shop takes milliseconds to reach a process."""
    deadline = time.monotonic() + within
    while not check():
        assert time.monotonic() < deadline, f"Not so within {within} s."
        time.sleep(0.002)
