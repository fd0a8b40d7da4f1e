# ruff: noqa: E402 -- models can be imported only after django.setup()
"""The microseconds of an authenticated list by what takes them: `python -m bench.breakdown`.

Reads lines of host and token, separated by a tab, from the standard input, and prints JSON. The
requests run in this process, one after the other.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import time
from importlib import import_module
from typing import Any
from wsgiref.util import setup_testing_defaults

import django

django.setup(set_prefix=False)

from django.conf import settings
from django.utils.module_loading import import_string

from apps.server.handlers import BoundedWSGIHandler
from bench.stopwatch import Stopwatch

REQUESTS = 400
WARM_UP = 100

#: Middleware with a row; the others share one.
MIDDLEWARE = {
    "middleware.request_log.RequestLogMiddleware": "request log",
    "middleware.site.SiteMiddleware": "host",
    "middleware.load_shedding.LoadSheddingMiddleware": "load shedding",
    "middleware.tenant.TenantMiddleware": "tenant",
}
OTHERS = "other middleware"
#: Functions by label, the outermost first. One that does not exist counts for what calls it.
FUNCTIONS = [
    ("apps.server.handlers:BoundedWSGIHandler.__call__", "request and response of Django"),
    ("logging:StreamHandler.emit", "log line"),
    ("django.core.handlers.base:BaseHandler.resolve_request", "URL"),
    ("rest_framework.views:APIView.dispatch", "view"),
    ("rest_framework.views:APIView.perform_content_negotiation", "content negotiation"),
    ("rest_framework.views:APIView.perform_authentication", "authentication"),
    ("rest_framework.views:APIView.check_permissions", "permissions"),
    ("rest_framework.views:APIView.check_throttles", "throttles"),
    ("apps.products.views.products:ProductViewSet.get_queryset", "queryset"),
    ("apps.products.views.products:ProductViewSet.filter_queryset", "filters"),
    ("apps.products.views.products:ProductViewSet.paginate_queryset", "page: models"),
    ("apps.products.views.products:ProductViewSet.get_paginated_response", "page: links"),
    ("django.db.models.sql.compiler:SQLCompiler.as_sql", "SQL: building"),
    ("apps.tenants.database:TenantCursor.execute", "SQL: execution"),
    ("apps.tenants.database:TenantCursor.fetchmany", "SQL: rows"),
    ("rest_framework.serializers:ListSerializer.to_representation", "serializers"),
    ("rest_framework.renderers:JSONRenderer.render", "JSON"),
]


def watch(stopwatch: Stopwatch) -> None:
    for path in settings.MIDDLEWARE:
        stopwatch.wrap(import_string(path), "__call__", MIDDLEWARE.get(path, OTHERS))
    for path, label in FUNCTIONS:
        module, _, names = path.partition(":")
        owner: Any = import_module(module)
        *classes, name = names.split(".")
        for each in classes:
            owner = getattr(owner, each, None)
        if hasattr(owner, name):
            stopwatch.wrap(owner, name, label)


def environ_of(host: str, token: str) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "PATH_INFO": "/api/products/",
        "HTTP_HOST": host,
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "REMOTE_ADDR": "127.0.0.1",
    }
    setup_testing_defaults(environ)
    return environ


def request(handler: Any, host: str, token: str) -> None:
    statuses: list[str] = []
    response = handler(environ_of(host, token), lambda status, *_: statuses.append(status))
    b"".join(response)
    response.close()
    if statuses != ["200 OK"]:
        raise RuntimeError(f"{host}: {statuses}")


def microseconds(handler: Any, shops: list[list[str]], count: int) -> float:
    started = time.perf_counter()
    for number in range(count):
        request(handler, *shops[number % len(shops)])
    return (time.perf_counter() - started) / count * 1e6


def main() -> None:
    shops = [line.rstrip("\n").split("\t") for line in sys.stdin]
    logging.getLogger().handlers[0].setStream(io.StringIO())  # type: ignore[attr-defined]
    microseconds(BoundedWSGIHandler(), shops, WARM_UP)
    unwatched = microseconds(BoundedWSGIHandler(), shops, REQUESTS)
    stopwatch = Stopwatch()
    watch(stopwatch)
    handler = BoundedWSGIHandler()
    microseconds(handler, shops, WARM_UP)
    stopwatch.spent.clear()
    microseconds(handler, shops, REQUESTS)
    labels = dict.fromkeys(["request and response of Django", *MIDDLEWARE.values(), OTHERS])
    labels |= dict.fromkeys(label for _, label in FUNCTIONS)
    spent = {label: stopwatch.spent[label] / REQUESTS * 1e6 for label in labels}
    print(json.dumps({"parts": spent, "total": unwatched}))


if __name__ == "__main__":
    main()
