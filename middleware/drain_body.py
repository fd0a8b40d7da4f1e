"""Takes in all of a request before anything is decided about it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError
from django.http.response import HttpResponseBase

from apps.api.problems import bad_request


class DrainBodyMiddleware:
    """Reads the body first: its upload may take long, and rights are those of its end.

    Nor may an early answer, such as a 401 or a 404, leave any of it: a server cuts a connection
    with something unread on it, mostly without a word, and the next request there gets no answer.
    A body over MAX_BODY_BYTES is refused later, and not worth reading to its end.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isascii() and length.isdigit() and int(length[:10]) <= settings.MAX_BODY_BYTES:
            try:
                request.body  # noqa: B018 -- reading it is what counts
            except UnreadablePostError:  # the client is gone
                return bad_request(request)
            return self.get_response(request)
        response = self.get_response(request)
        with suppress(UnreadablePostError):
            request.read(settings.MAX_BODY_BYTES)
        return response
