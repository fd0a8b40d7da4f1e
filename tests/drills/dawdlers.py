"""Clients that begin a request and take their time."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType

#: Below what proxies and servers take for a client that has gone.
PAUSE = 0.5


def half_a_header(host: str) -> bytes:
    return f"GET /api/products/ HTTP/1.1\r\nHost: {host}\r\nX-Slow: ".encode()


def half_a_body(host: str) -> bytes:
    return (
        f"POST /api/auth/login/ HTTP/1.1\r\nHost: {host}\r\n"
        "Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
    ).encode()


class Dawdlers:
    """Connections that each send a beginning, and then one more byte now and then."""

    def __init__(self, port: int, beginnings: list[bytes]) -> None:
        self._connections: list[socket.socket] = []
        self._stop = threading.Event()
        for beginning in beginnings:
            connection = socket.create_connection(("127.0.0.1", port), timeout=30)
            self._connections.append(connection)
            with suppress(OSError):  # the first ones may have been cut off already
                connection.sendall(beginning)
        self._thread = threading.Thread(target=self._dawdle, daemon=True)

    def __enter__(self) -> Dawdlers:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        for connection in self._connections:
            connection.close()

    def _dawdle(self) -> None:
        while not self._stop.wait(PAUSE):
            for connection in self._connections:
                try:
                    connection.sendall(b" ")
                except OSError:
                    continue  # the other side has lost its patience
