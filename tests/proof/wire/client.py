"""Bytes to a server, and what it makes of them."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass

PATIENCE = 10.0  # for the first answer
SILENCE = 0.4  # after it: nothing more is coming

_ANSWER = re.compile(rb"HTTP/1\.[01] ([2-5]\d\d) ")
_SHOP = re.compile(rb'"code": ?"(acme|globex)"')


@dataclass(frozen=True)
class Heard:
    """The statuses that came back, 1xx left out, the shops that spoke, and who hung up."""

    statuses: list[int]
    shops: set[str]
    is_closed: bool

    @property
    def outcome(self) -> str:
        match self.statuses:
            case []:
                return "refused"
            case [status]:
                return "refused" if status >= 400 else "one answer"
        return "two answers"

    def __str__(self) -> str:
        """Return it as a table shows it."""
        said = " ".join(map(str, self.statuses)) or "nothing"
        shops = f" {' '.join(sorted(self.shops))}" if self.shops else ""
        return f"{said}{shops}{', closed' if self.is_closed else ''}"


def hear(port: int, data: bytes, then: bytes = b"") -> Heard:
    """Send bytes, and `then` more on the same connection; return what was answered to the last."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        received, is_closed = _exchange(connection, data)
        if then:
            received, is_closed = (b"", True) if is_closed else _exchange(connection, then)
    return Heard(
        [int(status) for status in _ANSWER.findall(received)],
        {name.decode() for name in _SHOP.findall(received)},
        is_closed,
    )


def _exchange(connection: socket.socket, data: bytes) -> tuple[bytes, bool]:
    received = b""
    try:
        connection.sendall(data)
        connection.settimeout(PATIENCE)
        while chunk := connection.recv(65_536):
            received += chunk
            connection.settimeout(SILENCE)
    except TimeoutError:
        return received, False
    except OSError:
        pass  # it hung up while we spoke
    return received, True
