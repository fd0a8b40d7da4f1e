from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from middleware.logging import logged_request, shown_path

REQUEST_ID_HEADER = "X-Request-ID"

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

logger = logging.getLogger("access")


class RequestLogMiddleware:
    """Gives each request an id and logs it.

    Comes first: the middleware inside it turns every exception into a response.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        given = request.headers.get(REQUEST_ID_HEADER, "")
        request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid4())
        with logged_request(request, request_id):
            response = self.get_response(request)
            response.headers[REQUEST_ID_HEADER] = request_id
            fields = {
                "method": request.method,
                "path": shown_path(request.path),
                "status": response.status_code,
                "duration_ms": round((time.perf_counter() - started) * 1000, 1),
            }
            message = "%(method)s %(path)s %(status)s in %(duration_ms)s ms"
            logger.info(message, fields, extra=fields)
        return response
