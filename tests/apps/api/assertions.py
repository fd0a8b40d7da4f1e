"""Assertions on problem details."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

FIELDS = {"type", "title", "status", "detail", "code"}


def problem(response: HttpResponse, status: int, code: str | None = None) -> dict[str, Any]:
    """Return the body of a problem+json of `status` (RFC 9457), and `code` if one is named."""
    assert (response.status_code, response.headers["Content-Type"]) == (
        status,
        "application/problem+json",
    ), response.content[:500]
    body = response.json()
    assert FIELDS <= set(body) <= FIELDS | {"errors", "instance"}
    assert (body["status"], body["title"]) == (status, HTTPStatus(status).phrase)
    assert all(isinstance(body[name], str) and body[name] for name in FIELDS - {"status"})
    # A Python list or exception is not a sentence.
    assert not body["detail"].startswith(("[", "{", "Traceback"))
    for error in body.get("errors", []):
        assert set(error) == {"pointer", "code", "detail"}
        assert not error["detail"].startswith(("[", "{"))
    if status == HTTPStatus.UNAUTHORIZED:
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
    if code is not None:
        assert body["code"] == code
    return body


def client_problem(response: HttpResponse) -> dict[str, Any]:
    """Return the body of any 4xx problem."""
    assert 400 <= response.status_code < 500, (response.status_code, response.content[:500])
    return problem(response, response.status_code)


def pointers(response: HttpResponse) -> set[str]:
    """Return the pointers of the errors of a 400."""
    return {error["pointer"] for error in problem(response, 400)["errors"]}
