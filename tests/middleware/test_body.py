from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.test import RequestFactory

from middleware.body import BodyMiddleware


def after(view: Callable[[HttpRequest], HttpResponse], size: int = 100) -> bytes:
    """Return what is left to read of a request that a view has answered."""
    request = RequestFactory().post("/", b"x" * size, "application/json")
    assert BodyMiddleware(view)(request).status_code == 204
    return request.read()


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


def read_a_part(request: HttpRequest) -> HttpResponse:
    assert request.read(10) == b"x" * 10
    return answer(request)


def test_nothing_is_left_of_a_body():
    assert after(answer) == b""
    assert after(read_a_part) == b""


def test_of_a_body_that_is_too_large_the_rest_is_left(settings):
    assert len(after(answer, settings.MAX_BODY_BYTES + 7)) == 7


def test_request_without_a_body_is_answered():
    assert BodyMiddleware(answer)(RequestFactory().get("/")).status_code == 204


def test_client_that_is_gone_changes_no_answer():
    class Gone(BytesIO):
        def read(self, size: int | None = None) -> bytes:
            raise OSError

    request = RequestFactory().post("/", b"x", "application/json", **{"wsgi.input": Gone()})
    with pytest.raises(UnreadablePostError):
        request.read()
    assert BodyMiddleware(answer)(request).status_code == 204
