from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.api.problems import problem_response


class RequireContentLengthMiddleware:
    """Rejects a chunked body with 400, and drops cookies over MAX_COOKIE_BYTES.

    The server removes a Content-Length beside chunks, and REST framework would treat a body
    without one as empty.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # The second is the header `Content_Length`, which REST framework reads, but not the server.
        if {"HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_LENGTH"} & request.META.keys():
            detail = "A body needs a Content-Length header; chunked bodies are not supported."
            return problem_response(400, "length_required", detail)
        # Python parses quoted cookies in quadratic time. A client would resend a rejected cookie.
        if len(request.META.get("HTTP_COOKIE", "")) > settings.MAX_COOKIE_BYTES:
            del request.META["HTTP_COOKIE"]
        return self.get_response(request)
