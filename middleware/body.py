"""Takes in all of a request, also where its answer needed none of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError
from django.http.response import HttpResponseBase


class BodyMiddleware:
    """Reads what an early answer, such as a 401 or a 404, has left of the body.

    A server cuts a connection with something unread on it, mostly without a word: whoever sends
    the next request there, a proxy for instance, gets no answer to it. A body over MAX_BODY_BYTES
    is not worth reading.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        with suppress(UnreadablePostError):  # the client is gone, and nobody needs the connection
            request.read(settings.MAX_BODY_BYTES)
        return response
