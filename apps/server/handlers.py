"""WSGI and ASGI handlers that limit the headers which Django parses before any middleware."""

from __future__ import annotations

from typing import Any

from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

#: Maximum lengths in characters: parsing takes quadratic time. Longer values are dropped.
MAX_LENGTHS = {"CONTENT_TYPE": 256, "HTTP_ACCEPT": 1024}


class BoundedWSGIRequest(WSGIRequest):
    def __init__(self, environ: dict[str, Any]) -> None:
        for name, max_length in MAX_LENGTHS.items():
            if len(environ.get(name) or "") > max_length:
                environ[name] = ""
        super().__init__(environ)


class BoundedASGIRequest(ASGIRequest):
    def __init__(self, scope: dict[str, Any], body_file: Any) -> None:
        limits = {
            b"content-type": MAX_LENGTHS["CONTENT_TYPE"],
            b"accept": MAX_LENGTHS["HTTP_ACCEPT"],
        }
        headers = [
            (name, value)
            for name, value in scope.get("headers", [])
            if len(value) <= limits.get(name, len(value))
        ]
        super().__init__({**scope, "headers": headers}, body_file)


class BoundedWSGIHandler(WSGIHandler):
    request_class = BoundedWSGIRequest


class BoundedASGIHandler(ASGIHandler):
    request_class = BoundedASGIRequest
