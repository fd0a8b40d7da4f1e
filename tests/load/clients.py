"""An HTTP client on one connection to the loopback address."""

from __future__ import annotations

import json
from http.client import HTTPConnection

from tests.load.requests import Request, Response


class Client:
    """A client that keeps its connection alive by default.

    A server may close such a connection between two requests; the second is then sent again on a
    new one, unless `resends` is false.
    """

    def __init__(
        self, port: int, *, keeps_alive: bool = True, resends: bool = True, timeout: float = 30
    ) -> None:
        self.port = port
        self.keeps_alive = keeps_alive
        self.resends = resends
        self._connection = HTTPConnection("127.0.0.1", port, timeout=timeout)

    def close(self) -> None:
        self._connection.close()

    def send(self, request: Request) -> Response:
        """Return the response; raise OSError or HTTPException where there is none."""
        is_reused = self._connection.sock is not None
        try:
            return self._exchange(request)
        except (BrokenPipeError, ConnectionResetError):  # the latter is RemoteDisconnected, too
            if not (is_reused and self.resends):
                raise
        return self._exchange(request)

    def _exchange(self, request: Request) -> Response:
        is_kept = False
        try:
            self._connection.request(
                request.method,
                request.path,
                None if request.body is None else json.dumps(request.body),
                {
                    "Host": f"{request.host}:{self.port}",
                    "Content-Type": "application/json",
                    "Connection": "keep-alive" if self.keeps_alive else "close",
                    **request.headers,
                },
            )
            response = self._connection.getresponse()
            body = response.read()
            is_kept = self.keeps_alive
            return Response(response.status, response.headers, body)
        finally:
            if not is_kept:
                self.close()
