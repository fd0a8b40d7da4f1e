"""Requests to open a shop."""

from __future__ import annotations

from typing import Any

OWNER = {"email": "boss@pear.example", "password": "korrekte Batterie", "first_name": "Kim"}


def opening(code: Any, *, name: Any = "Pear", owner: Any = ()) -> dict[str, Any]:
    """Return a valid body for POST /api/shops/; a dict as `owner` updates the default."""
    if isinstance(owner, (dict, tuple)):
        owner = OWNER | dict(owner)
    return {"code": code, "name": name, "owner": owner}
