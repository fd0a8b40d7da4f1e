"""Limits on the headers that Django parses before any middleware."""

import pytest
from django.core.handlers.asgi import ASGIRequest

from apps.server.handlers import BoundedASGIRequest, BoundedWSGIRequest

HOSTILE = 'a/b;"' + ";" * 15_000


@pytest.mark.parametrize("name", ["CONTENT_TYPE", "HTTP_ACCEPT"])
def test_long_header_is_dropped(rf, name):
    environ = rf._base_environ(**{name: HOSTILE})

    assert BoundedWSGIRequest(environ).META[name] == ""


def test_usual_headers_are_kept(rf):
    usual = {"CONTENT_TYPE": "application/json; charset=utf-8", "HTTP_ACCEPT": "text/html,*/*"}

    request = BoundedWSGIRequest(rf._base_environ(**usual))

    assert {name: request.META[name] for name in usual} == usual


@pytest.mark.parametrize(("value", "seen"), [(HOSTILE, None), ("text/plain", "text/plain")])
def test_long_header_is_dropped_in_asgi(value, seen):
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": [(b"content-type", value.encode()), (b"host", b"acme.localhost")],
    }

    request = BoundedASGIRequest(scope, None)

    assert isinstance(request, ASGIRequest)
    assert (request.META.get("CONTENT_TYPE"), request.META["HTTP_HOST"]) == (seen, "acme.localhost")
