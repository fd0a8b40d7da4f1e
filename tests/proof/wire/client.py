"""Raw requests to a server, and its responses."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass

PATIENCE = 10.0  # for the first answer
SILENCE = 0.4  # after it: nothing more is coming

_ANSWER = re.compile(rb"HTTP/1\.[01] ([2-5]\d\d) ")
_SHOP = re.compile(rb'"code": ?"(acme|globex)"')


@dataclass(frozen=True)
class Received:
    """The statuses without 1xx, the shops in the responses, and if the server closed."""

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
        """Return the text for a table."""
        said = " ".join(map(str, self.statuses)) or "nothing"
        shops = f" {' '.join(sorted(self.shops))}" if self.shops else ""
        return f"{said}{shops}{', closed' if self.is_closed else ''}"


def exchange(port: int, data: bytes, then: bytes = b"") -> Received:
    """Send bytes, and `then` on the same connection; return the responses to the last."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        received, is_closed = _send(connection, data)
        if then:
            received, is_closed = (b"", True) if is_closed else _send(connection, then)
    return Received(
        [int(status) for status in _ANSWER.findall(received)],
        {name.decode() for name in _SHOP.findall(received)},
        is_closed,
    )


def _send(connection: socket.socket, data: bytes) -> tuple[bytes, bool]:
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
        pass  # closed while sending
    return received, True
