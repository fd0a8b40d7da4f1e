"""Somebody between a client and PostgreSQL, who may be a pooler: he cancels queries himself."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: PostgreSQL's message BackendKeyData: its length, and the process that would be cancelled.
_KEY = re.compile(rb"K\x00\x00\x00\x0c....", re.DOTALL)
_ANOTHER_KEY = b"K\x00\x00\x00\x0c\x00\x00\x00\x07"


@contextmanager
def lending(parameters: dict[str, Any], *, cancels: bool) -> Iterator[dict[str, Any]]:
    """Pass one connection on to PostgreSQL; yield the parameters by which to make it.

    `cancels` makes a pooler of it: clients get a process number that is not PostgreSQL's.
    """
    key = _ANOTHER_KEY if cancels else None
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_lend, args=(listener, parameters, key), daemon=True).start()
        host, port = listener.getsockname()
        yield {**parameters, "host": host, "port": port, "sslmode": "disable"}


def _lend(listener: socket.socket, parameters: dict[str, Any], key: bytes | None) -> None:
    client, _ = listener.accept()
    host, port = parameters["host"], parameters.get("port") or 5432
    if host.startswith("/"):
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
    else:
        server = socket.create_connection((host, port))
    with client, server:
        asking = threading.Thread(target=_pass_on, args=(client, server), daemon=True)
        asking.start()
        _pass_on(server, client, key)
        asking.join()


def _pass_on(source: socket.socket, target: socket.socket, key: bytes | None = None) -> None:
    while data := source.recv(65536):
        target.sendall(_KEY.sub(key, data, count=1) if key else data)
    target.shutdown(socket.SHUT_WR)
