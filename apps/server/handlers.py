"""WSGI and ASGI handlers that bound the headers which Django parses before any middleware."""

from __future__ import annotations

from typing import Any

from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

#: Longest values that are parsed, in characters: parsing takes quadratic time.
LONGEST = {"CONTENT_TYPE": 256, "HTTP_ACCEPT": 1024}


def drop_long_headers(environ: dict[str, Any]) -> None:
    """Clear the headers of `environ` that are too long."""
    for name, longest in LONGEST.items():
        if len(environ.get(name) or "") > longest:
            environ[name] = ""


class BoundedWSGIRequest(WSGIRequest):
    def __init__(self, environ: dict[str, Any]) -> None:
        drop_long_headers(environ)
        super().__init__(environ)


class BoundedASGIRequest(ASGIRequest):
    def __init__(self, scope: dict[str, Any], body_file: Any) -> None:
        longest = {b"content-type": LONGEST["CONTENT_TYPE"], b"accept": LONGEST["HTTP_ACCEPT"]}
        headers = scope.get("headers", [])
        kept = [
            (name, value) for name, value in headers if len(value) <= longest.get(name, len(value))
        ]
        super().__init__({**scope, "headers": kept}, body_file)


class BoundedWSGIHandler(WSGIHandler):
    request_class = BoundedWSGIRequest


class BoundedASGIHandler(ASGIHandler):
    request_class = BoundedASGIRequest
