"""A proxy between a client and PostgreSQL that can imitate a pooler."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: PostgreSQL's message BackendKeyData: its length, and the PID for cancel requests.
_KEY = re.compile(rb"K\x00\x00\x00\x0c....", re.DOTALL)
_ANOTHER_KEY = b"K\x00\x00\x00\x0c\x00\x00\x00\x07"


@contextmanager
def postgres_proxy(parameters: dict[str, Any], *, is_pooler: bool) -> Iterator[dict[str, Any]]:
    """Forward one connection to PostgreSQL; yield the parameters to connect with.

    With `is_pooler`, the client gets a PID that is not PostgreSQL's.
    """
    key = _ANOTHER_KEY if is_pooler else None
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_forward, args=(listener, parameters, key), daemon=True).start()
        host, port = listener.getsockname()
        yield {**parameters, "host": host, "port": port, "sslmode": "disable"}


def _forward(listener: socket.socket, parameters: dict[str, Any], key: bytes | None) -> None:
    client, _ = listener.accept()
    host, port = parameters["host"], parameters.get("port") or 5432
    if host.startswith("/"):
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
    else:
        server = socket.create_connection((host, port))
    with client, server:
        requests = threading.Thread(target=_copy, args=(client, server), daemon=True)
        requests.start()
        _copy(server, client, key)
        requests.join()


def _copy(source: socket.socket, target: socket.socket, key: bytes | None = None) -> None:
    while data := source.recv(65536):
        target.sendall(_KEY.sub(key, data, count=1) if key else data)
    target.shutdown(socket.SHUT_WR)
