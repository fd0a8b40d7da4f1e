from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from apps.api.problems import CONTENT_TYPE
from apps.pages.errors import error_page

#: Paths whose clients are programs, whatever they accept.
_PROGRAMS = ("/api/", "/media/", "/livez", "/readyz", "/.well-known/")


class ErrorPageMiddleware:
    """Replaces problem details (RFC 9457) by a page where a browser asks for one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_problem = response.headers.get("Content-Type") == CONTENT_TYPE
        if not is_problem or request.path_info.startswith(_PROGRAMS):
            return response
        patch_vary_headers(response, ["Accept"])
        if "text/html" not in request.headers.get("Accept", ""):
            return response
        page = error_page(request, response.status_code)
        for name, value in response.headers.items():
            page.headers.setdefault(name, value)
        return page
