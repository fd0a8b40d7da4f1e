"""Downloads of images from addresses that users chose."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import IO, Any, Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

from apps.products.images.exceptions import FetchingDisabled, ImageTooLarge, UnreachableImage
from apps.products.images.inspection import MAX_BYTES

SECONDS: Final = 20.0
MAX_REDIRECTS: Final = 3
_PORTS: Final = {"http": 80, "https": 443}
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_OK: Final = 200
_CHUNK: Final = 64 * 1024
#: IPv6 addresses that are assigned to hosts; the others include NAT64 and site-local ones.
_GLOBAL_IPV6: Final = ipaddress.ip_network("2000::/3")
#: Of those, and of IPv4: 6to4, Teredo, documentation, and addresses of protocols.
_SPECIAL: Final = [
    ipaddress.ip_network(text)
    for text in ("2002::/16", "2001::/32", "3fff::/20", "192.0.0.0/24", "192.88.99.0/24")
]

Policy = Callable[[str, int], bool]


def is_public(address: str, port: int) -> bool:
    """Return True for a global unicast address and the port of HTTP or HTTPS."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip not in _GLOBAL_IPV6:
        return False
    if any(ip in network for network in _SPECIAL):
        return False
    return port in _PORTS.values() and ip.is_global and not ip.is_multicast and not ip.is_reserved


@contextmanager
def fetch(url: str, *, is_permitted: Policy = is_public) -> Iterator[IO[bytes]]:
    """Yield a temporary file with what is at `url`.

    The name is resolved once for each request, all its addresses have to be permitted, and the
    connection goes to one of them, so that DNS cannot change its answer in between. Redirects are
    followed by the same rules. Raise FetchingDisabled, UnreachableImage or ImageTooLarge.
    """
    if not settings.FETCH_IMAGES:
        raise FetchingDisabled
    deadline = time.monotonic() + SECONDS
    with tempfile.TemporaryFile() as file:
        try:
            for _ in range(MAX_REDIRECTS + 1):
                target = _request(url, file, is_permitted, deadline)
                if target is None:
                    file.seek(0)
                    break
                url = target
            else:
                raise UnreachableImage
        except (OSError, HTTPException, ValueError) as error:
            raise UnreachableImage from error
        yield file


def _request(url: str, file: IO[bytes], is_permitted: Policy, deadline: float) -> str | None:
    """Write the body of a response into `file`, or return where it redirects to."""
    parts = urlsplit(url)
    connection = _connection(parts, is_permitted, deadline)
    # The time-out of a socket is for each read, which a slow site would prolong.
    timer = threading.Timer(_left(deadline), _shut_down, [connection.sock])
    timer.start()
    try:
        path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        path = quote(path, safe="/%?&=+:;,@!$'()*~-._[]")
        connection.request("GET", path, headers={"Accept": "image/*", "User-Agent": "Galleria"})
        response = connection.getresponse()
        if response.status in _REDIRECTS:
            return urljoin(url, response.headers.get("Location", ""))
        if response.status != _OK:
            raise UnreachableImage
        _copy(response, file, deadline)
        return None
    finally:
        timer.cancel()
        connection.close()


def _connection(parts: SplitResult, is_permitted: Policy, deadline: float) -> HTTPConnection:
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
        raise UnreachableImage
    port = parts.port or _PORTS[parts.scheme]
    host = parts.hostname.encode("idna").decode()
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(address[0]) for *_, address in found]
    if not addresses or not all(is_permitted(address, port) for address in addresses):
        raise UnreachableImage
    pinned: Any = _connect(addresses, port, deadline)
    timeout = _left(deadline)
    connection: HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        pinned = context.wrap_socket(pinned, server_hostname=host)
        connection = HTTPSConnection(host, port, timeout=timeout, context=context)
    else:
        connection = HTTPConnection(host, port, timeout=timeout)
    connection.sock = pinned  # connected already, so the name is not resolved again
    return connection


def _connect(addresses: list[str], port: int, deadline: float) -> socket.socket:
    """Connect to the first of the addresses that accepts."""
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), timeout=_left(deadline) / 2)
    return socket.create_connection((addresses[-1], port), timeout=_left(deadline))


def _copy(response: HTTPResponse, file: IO[bytes], deadline: float) -> None:
    while chunk := response.read1(_CHUNK):
        _left(deadline)
        file.write(chunk)
        if file.tell() > MAX_BYTES:
            raise ImageTooLarge
    _left(deadline)
    if response.length:
        raise UnreachableImage  # the connection was closed before the end


def _shut_down(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
