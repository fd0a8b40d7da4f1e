"""Uploads that arrive slowly wait on the disk and take no slot."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

from middleware.spool_upload import CHUNK, UPLOADS_OF_NETWORK
from tests.processes import Server, serving, until

SIZE, SENT = 50_000_000, 25_000_000
HEAD = (
    "POST /api/products/import/ HTTP/1.1\r\nHost: acme.localhost:{port}\r\n"
    "Authorization: {token}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    f"Content-Length: {SIZE}\r\n\r\n"
    '--x\r\nContent-Disposition: form-data; name="file"; filename="products.csv"\r\n\r\n'
)


@contextmanager
def begun_upload(server: Server, token: str, sent: int = SENT) -> Iterator[socket.socket]:
    """Send the first part of a file, and then nothing."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
        client.sendall(HEAD.format(port=server.port, token=token).encode())
        client.sendall(b"x" * sent)
        yield client


def spooled(worker: psutil.Process) -> int:
    """Return the bytes of uploads that a process has on the disk, in files without a name."""
    size = 0
    for file in Path(f"/proc/{worker.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            size += os.stat(file).st_size if "(deleted)" in os.readlink(file) else 0
    return size


def test_stalled_uploads_take_neither_memory_nor_slots(data_dir):
    with serving(data_dir, DEMO=1) as server:
        token = server.log_in("acme.localhost", *server.demo_log_ins["acme.localhost"])[
            "Authorization"
        ]
        [worker] = server.workers
        before = worker.memory_info().rss

        with ExitStack() as uploads:
            for _ in range(UPLOADS_OF_NETWORK):
                uploads.enter_context(begun_upload(server, token))
            until(lambda: spooled(worker) >= UPLOADS_OF_NETWORK * (SENT - CHUNK))
            statuses = [
                server.get(host, "/api/products/").status
                for host in ("acme.localhost", "globex.localhost")
            ]
            growth = worker.memory_info().rss - before
            with begun_upload(server, token, sent=0) as one_more:
                refused = one_more.recv(100)

        assert statuses == [200, 200]
        assert growth < SENT
        assert refused.startswith(b"HTTP/1.1 503")
        until(lambda: spooled(worker) == 0)
