from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from apps.tenants.context import get_active_tenant

#: The only attributes of a record in its line: Django adds the whole request to some records.
_EXTRAS = {
    "tenant",
    "tenant_id",
    "user",
    "request_id",
    "method",
    "path",
    "status",
    "duration_ms",
}

HIDDEN = "[hidden]"

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_PLAIN_SEGMENT = re.compile(rf"[a-z_.-]{{0,32}}|[0-9]{{1,6}}|{_UUID}")
_SECRETS = (
    # A JWT, and the value after the name of an authentication scheme or of a secret.
    re.compile(r"()eyJ[\w-]+(?:\.[\w-]*)*"),
    re.compile(r"(?i)(\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}"),
    re.compile(
        r"(?i)((?:password|passwd|secret|token|authorization|cookie|api_?key|signature)"
        r"[\"']?\s*[:=]\s*[\"']?)[^\s\"',;&]+"
    ),
)
_LONG_WORD = re.compile(r"[A-Za-z0-9_-]{32,}")

_request: ContextVar[HttpRequest | None] = ContextVar("logged_request", default=None)


@contextmanager
def logged_request(request: HttpRequest, request_id: str) -> Iterator[None]:
    """Add `request` to the log lines of the block, and the id to the request."""
    request.request_id = request_id  # type: ignore[attr-defined]
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def shown_path(path: str) -> str:
    """Return a path for the log: words, small numbers and UUIDs; other segments are hidden."""
    shown = (part if _PLAIN_SEGMENT.fullmatch(part) else HIDDEN for part in path.split("/"))
    return "/".join(shown)


def without_secrets(text: str) -> str:
    """Return `text` with everything that looks like a secret hidden."""
    for pattern in _SECRETS:
        text = pattern.sub(rf"\1{HIDDEN}", text)
    return _LONG_WORD.sub(_without_generated_secret, text)


def _without_generated_secret(match: re.Match[str]) -> str:
    # A generated secret is a long mix of letters and digits, as is the id of a row.
    word = match[0]
    is_mixed = re.search("[0-9]", word) and re.search("[A-Za-z]", word)
    return HIDDEN if is_mixed and not re.fullmatch(_UUID, word) else word


class ContextFilter(logging.Filter):
    """Adds the tenant, the user and the request id to each record; None where there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs a 4xx after every middleware has returned, with the request in `extra`.
        request = _request.get() or getattr(record, "request", None)
        record.request_id = getattr(request, "request_id", None)
        tenant = get_active_tenant() or getattr(request, "tenant", None)
        record.tenant = tenant and tenant.code
        record.tenant_id = tenant and str(tenant.pk)
        user = getattr(getattr(request, "user", None), "pk", None)
        record.user = user and str(user)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            # Django's lines have the raw path.
            record.args = tuple(
                shown_path(request.path) if argument == request.path else argument
                for argument in record.args
            )
        return True


class JSONLineFormatter(logging.Formatter):
    """Formats a record as one line of ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        line |= {name: value for name, value in vars(record).items() if name in _EXTRAS}
        if record.exc_info:
            line["exc_info"] = without_secrets(self.formatException(record.exc_info))
        if record.stack_info:
            line["stack_info"] = without_secrets(record.stack_info)
        return json.dumps(line, default=str)


class PlainLineFormatter(logging.Formatter):
    """Formats a record for a developer's terminal."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(tenant)s] %(message)s", **kwargs)

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))
