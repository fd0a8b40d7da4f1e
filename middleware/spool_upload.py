from __future__ import annotations

import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import IO, Any

from django.conf import settings
from django.http import UnreadablePostError
from django.http.response import HttpResponseBase

from apps.api.problems import bad_request, problem_response
from auth_backends.browser_sessions import has_signed_cookie
from auth_backends.tokens import AccessToken

CHUNK = 256 * 1024
#: Uploads at the same time, of a process and of one network.
UPLOADS, UPLOADS_OF_NETWORK = 8, 4
#: Seconds for an upload, besides one for each of these bytes.
SECONDS, BYTES_PER_SECOND = 30, 50_000


class TooManyUploads(Exception):
    pass


class SpoolUploadMiddleware:
    """Writes the body of an upload to the disk, before the request waits for a slot.

    Only for the paths of UPLOAD_LIMITS and with a signed token or cookie, whose shop and session
    the view verifies. Returns 413 for a larger body, 408 for one that is too slow, and 503 for too
    many at the same time. The time is checked between reads: a body that stalls keeps its place
    until its client disconnects, unless a proxy buffers it. Comes after
    RequireContentLengthMiddleware.
    """

    def __init__(self, get_response: Callable[[Any], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.limits = {re.compile(path): limit for path, limit in settings.UPLOAD_LIMITS.items()}
        self._lock = Lock()
        self._uploads: Counter[str] = Counter()

    def __call__(self, request: Any) -> HttpResponseBase:
        limit = self._limit_of(request)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if limit is None or not (length.isascii() and length.isdigit()):
            return self.get_response(request)
        if int(length[:12]) > limit + settings.MAX_FORM_BYTES:
            return problem_response(413, "body_too_large", "The request body is too large.")
        with tempfile.TemporaryFile(prefix="galleria-upload-") as file:
            try:
                with self._place(request.client.network):
                    _copy(request, file, int(length))
            except TooManyUploads:
                detail, headers = "Too many uploads at once.", {"Retry-After": "5"}
                return problem_response(503, "server_busy", detail, headers=headers)
            except TimeoutError:
                return problem_response(408, "upload_too_slow", "The upload was too slow.")
            except UnreadablePostError:  # the client has disconnected
                return bad_request(request)
            # Django has not parsed anything yet, so it reads the file instead.
            file.seek(0)
            request._stream = file
            request._read_started = False
            return self.get_response(request)

    def _limit_of(self, request: Any) -> int | None:
        is_form = request.META.get("CONTENT_TYPE", "").startswith("multipart/form-data")
        if request.method != "POST" or not is_form:
            return None
        limits = [each for path, each in self.limits.items() if path.fullmatch(request.path_info)]
        is_known = AccessToken.is_signed(request.headers.get("Authorization", ""))
        return limits[0] if limits and (is_known or has_signed_cookie(request)) else None

    @contextmanager
    def _place(self, network: str) -> Iterator[None]:
        with self._lock:
            if self._uploads.total() >= UPLOADS or self._uploads[network] >= UPLOADS_OF_NETWORK:
                raise TooManyUploads
            self._uploads[network] += 1
        try:
            yield
        finally:
            with self._lock:
                self._uploads[network] -= 1
                self._uploads += Counter()  # drops networks without uploads


def _copy(request: Any, file: IO[bytes], length: int) -> None:
    deadline = time.monotonic() + SECONDS + length / BYTES_PER_SECOND
    while chunk := request.read(CHUNK):
        if time.monotonic() > deadline:
            raise TimeoutError
        file.write(chunk)
