"""Forwarding from ::1, to which some clients resolve `localhost`: granian binds one address."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from asyncio import StreamReader, StreamWriter
from contextlib import closing, suppress

ADDRESS = "127.0.0.1"


def forward_from_ipv6(port: int) -> None:
    """Forward [::1]:port to 127.0.0.1 in a thread, if the machine has IPv6.

    Raise OSError if the port is in use.
    """
    try:
        listener = socket.create_server(("::1", port), family=socket.AF_INET6)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise
        return
    threading.Thread(target=lambda: asyncio.run(_serve(listener, port)), daemon=True).start()


async def _serve(listener: socket.socket, port: int) -> None:
    async def forward(reader: StreamReader, writer: StreamWriter) -> None:
        with closing(writer), suppress(OSError):
            there, back = await asyncio.open_connection(ADDRESS, port)
            with closing(back):
                await asyncio.gather(_copy(reader, back), _copy(there, writer))

    await (await asyncio.start_server(forward, sock=listener)).serve_forever()


async def _copy(reader: StreamReader, writer: StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()
