"""Helpers for responses that are repeated, which take no query."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.processes import until


def queries(client: Any, path: str, **headers: str) -> tuple[Any, int]:
    """Return the response and the number of queries that it took."""
    with CaptureQueriesContext(connection) as sent:
        response = client.get(path, **headers)
    return response, len(sent)


def kept(client: Any, path: str) -> Any:
    """Return the response that is repeated, once there is one."""
    found: list[Any] = []

    def is_repeated() -> bool:
        response, count = queries(client, path)
        found.append(response)
        return count == 0

    until(is_repeated)
    return found[-1]
