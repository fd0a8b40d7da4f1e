"""No request of a client without a token takes over 100 ms of processor time, however hostile."""

from __future__ import annotations

import logging
import re
import time
from collections import defaultdict
from io import BytesIO
from itertools import count
from urllib.parse import unquote_to_bytes

import pytest
from django.test import RequestFactory

from apps.api import parsers
from apps.server.handlers import BoundedWSGIHandler
from apps.tenants.context import tenant_context
from apps.throttling.models import PlatformCounter, TenantCounter
from tests.log_lines import written_lines
from tests.proof.hostile import HOSTS, Hostile, hostile_requests
from tests.report import publish
from tests.surface import operations

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

LIMIT = 0.100
TRIES = 5
#: The expression that the parser once looked for strings with: quadratic in what it reads.
OLD_EXPRESSION = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)

_addresses = count(1)
handler = BoundedWSGIHandler()


@pytest.fixture(autouse=True)
def _production(acme, owner, caplog):
    """A shop with its owner, and log lines as production writes them."""
    caplog.set_level(logging.ERROR, logger="django.request")
    with written_lines():
        yield


def seconds(request: Hostile, tenant) -> float:
    """Return the processor time of a request in this thread, the least of a few if it is long."""
    PlatformCounter.objects.all().delete()
    with tenant_context(tenant):
        TenantCounter.objects.all().delete()
    number = next(_addresses)
    headers = {"Host": HOSTS[request.operation.site], "Content-Type": "application/json"}
    environ = RequestFactory()._base_environ(
        REQUEST_METHOD=request.operation.method.upper(),
        PATH_INFO=unquote_to_bytes(request.path).decode("latin-1"),
        QUERY_STRING=request.query,
        CONTENT_LENGTH=str(len(request.body)),
        REMOTE_ADDR=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        **{meta(name): value for name, value in (headers | request.headers).items()},
        **{"wsgi.input": BytesIO(request.body)},
    )
    began = time.thread_time()
    response = handler(environ, lambda *args: None)
    spent = time.thread_time() - began
    response.close()
    assert response.status_code < 500, f"{request}: {response.status_code}"
    return spent


def meta(name: str) -> str:
    """Return a header's name as WSGI has it."""
    key = name.upper().replace("-", "_")
    return key if key == "CONTENT_TYPE" else f"HTTP_{key}"


def least(request: Hostile, tenant) -> float:
    spent = seconds(request, tenant)
    for _ in range(TRIES):
        if spent <= LIMIT / 2:
            break
        spent = min(spent, seconds(request, tenant))
    return spent


def test_hostile_requests_are_cheap(acme):
    worst: dict[str, tuple[float, Hostile]] = {}
    numbers: dict[str, int] = defaultdict(int)
    for request in hostile_requests():
        spent = least(request, acme)
        numbers[request.shape] += 1
        worst[request.shape] = max(
            worst.get(request.shape, (0.0, request)), (spent, request), key=lambda pair: pair[0]
        )

    publish(
        "proof",
        "cpu-time",
        ["shape", "requests", "most processor time", "by"],
        [
            [
                shape,
                f"{numbers[shape]:,}",
                f"{spent * 1000:.0f} ms",
                f"`{request.operation}`, {request.place}",
            ]
            for shape, (spent, request) in worst.items()
        ],
        summary=f"{sum(numbers.values()):,} requests, at most "
        f"{max(spent for spent, _ in worst.values()) * 1000:.0f} ms of processor time each",
    )
    assert [f"{spent:.3f} s: {request}" for spent, request in worst.values() if spent > LIMIT] == []


def test_control_quadratic_expression_is_detected(acme, monkeypatch):
    login = next(op for op in operations("shop") if str(op) == "POST /api/auth/login/")
    body = b'{"email": "' + b'\\"' * 20_000
    request = Hostile(login, "the body", "escaped quotes", login.path, body=body)

    assert seconds(request, acme) < LIMIT
    monkeypatch.setattr(parsers, "_STRING", OLD_EXPRESSION)
    assert seconds(request, acme) > LIMIT
