from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

AUTH_PATH = "/api/auth/"


class SecurityHeadersMiddleware:
    """Adds SECURITY_HEADERS, and `no-store` to authenticated and authentication responses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in settings.SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        if "Authorization" in request.headers or request.path_info.startswith(AUTH_PATH):
            response.headers["Cache-Control"] = "no-store"
        if not response.streaming and response.status_code not in {204, 304}:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response
