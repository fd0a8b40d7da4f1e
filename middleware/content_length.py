"""Refuses what two programs in a row could read in two ways."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.api.problems import problem_response


class RequireContentLengthMiddleware:
    """Answers 400 to a body that comes in chunks, with or without a length beside them.

    Drops cookies over MAX_COOKIE_BYTES.

    The server has framed the request by now, and dropped a Content-Length beside chunks. REST
    framework reads nothing that comes without one: the body would count as empty.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # The second is `Content_Length`: no server of ours reads it, and REST framework does.
        if {"HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_LENGTH"} & request.META.keys():
            detail = "A body comes whole, with its length in Content-Length."
            return problem_response(400, "length_required", detail)
        # Python unquotes a cookie in quadratic time, and clients repeat one that they were refused.
        if len(request.META.get("HTTP_COOKIE", "")) > settings.MAX_COOKIE_BYTES:
            del request.META["HTTP_COOKIE"]
        return self.get_response(request)
