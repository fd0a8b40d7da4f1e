from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError
from django.http.response import HttpResponseBase

from apps.api.problems import bad_request


class DrainBodyMiddleware:
    """Reads the whole body first, so that permissions are checked after a slow upload.

    It also keeps an early response, such as a 401, from leaving part of the body unread: the
    server would close the connection and lose the next request on it. Of a body over
    MAX_BODY_BYTES, which is rejected later, only so much is read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isascii() and length.isdigit() and int(length[:10]) <= settings.MAX_BODY_BYTES:
            try:
                request.body  # noqa: B018 -- the property reads it
            except UnreadablePostError:  # the client has disconnected
                return bad_request(request)
            return self.get_response(request)
        response = self.get_response(request)
        with suppress(UnreadablePostError):
            request.read(settings.MAX_BODY_BYTES)
        return response
