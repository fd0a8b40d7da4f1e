"""The IPv6 loopback: clients resolve `localhost` to ::1 first, and granian takes one address."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from asyncio import StreamReader, StreamWriter
from contextlib import closing, suppress

IPV4 = "127.0.0.1"
IPV6 = "::1"


def listen_on_ipv6(port: int) -> socket.socket | None:
    """Return a socket that listens at [::1]:port, None on a machine without IPv6.

    Raises OSError if the port is taken.
    """
    try:
        return socket.create_server((IPV6, port), family=socket.AF_INET6)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise
        return None


def forward_to_ipv4(listener: socket.socket) -> None:
    """Forward connections to the same port at 127.0.0.1, as long as this process lives."""
    threading.Thread(
        target=lambda: asyncio.run(_serve(listener)), daemon=True, name="ipv6-loopback"
    ).start()


async def _serve(listener: socket.socket) -> None:
    port = listener.getsockname()[1]

    async def forward(reader: StreamReader, writer: StreamWriter) -> None:
        with closing(writer), suppress(OSError):
            there, back = await asyncio.open_connection(IPV4, port)
            with closing(back):
                await asyncio.gather(_copy(reader, back), _copy(there, writer))

    await (await asyncio.start_server(forward, sock=listener)).serve_forever()


async def _copy(reader: StreamReader, writer: StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()
