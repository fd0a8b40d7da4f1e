"""Helpers for the pages of lists and the number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def pages(client: Any, path: str, **query: Any) -> list[dict[str, Any]]:
    """Return the rows of all pages, from the first to the last."""
    return [row for page in _walk(client, path, query) for row in page["results"]]


def pages_back(client: Any, path: str, **query: Any) -> list[dict[str, Any]]:
    """Return the rows of all pages, from the last to the first."""
    page = _walk(client, path, query)[-1]
    rows = page["results"]
    while page["previous"] is not None:
        page = client.get(page["previous"]).json()
        rows = page["results"] + rows
        assert len(rows) < 10_000
    return rows


def _walk(client: Any, path: str, query: dict[str, Any]) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    response = client.get(path, query)
    while True:
        assert response.status_code == 200, response.content
        page = response.json()
        assert set(page) == {"next", "previous", "results"}
        assert len(page["results"]) <= int(query.get("page_size", 25))
        seen.append(page)
        assert len(seen) < 100, "The walk does not end."
        if page["next"] is None:
            return seen
        assert page["next"].startswith(f"http://{client.host}{path}?")
        response = client.get(page["next"])


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the SQL of a block, without the look-up of the shop, which is cached."""
    sent: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield sent
    sent.extend(
        query["sql"] for query in captured.captured_queries if 'FROM "tenants"' not in query["sql"]
    )
