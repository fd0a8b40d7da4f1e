"""Slow clients: they begin a request and send the rest byte by byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

#: Seconds between two bytes; less than the time-outs of proxies and servers.
PAUSE = 0.5


def half_a_header(host: str) -> bytes:
    return f"GET /api/products/ HTTP/1.1\r\nHost: {host}\r\nX-Slow: ".encode()


def half_a_body(host: str) -> bytes:
    return (
        f"POST /api/auth/login/ HTTP/1.1\r\nHost: {host}\r\n"
        "Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
    ).encode()


@contextmanager
def slow_clients(port: int, beginnings: Sequence[bytes]) -> Iterator[None]:
    """Connect once for each beginning, and send more of each during the block."""
    connections = []
    for beginning in beginnings:
        connection = socket.create_connection(("127.0.0.1", port), timeout=30)
        connections.append(connection)
        _send(connection, beginning)
    stop = threading.Event()

    def trickle() -> None:
        while not stop.wait(PAUSE):
            for connection in connections:
                _send(connection, b" ")

    thread = threading.Thread(target=trickle, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        for connection in connections:
            connection.close()


def _send(connection: socket.socket, data: bytes) -> None:
    with suppress(OSError):  # the server may have closed it
        connection.sendall(data)
