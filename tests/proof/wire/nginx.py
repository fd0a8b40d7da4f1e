"""Debian's nginx in front of a server of ours, as docs/operations.md asks for it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

from tests.processes import free_port, until
from tests.proof.wire.client import hear

#: One connection to the server at most is kept, so that the next client is given the last one's.
CONFIGURATION = Template("""
daemon off;
master_process off;
pid $folder/pid;
error_log $folder/error.log;
events {}
http {
    access_log off;
    client_body_temp_path $folder/body;
    proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi;
    scgi_temp_path $folder/scgi;
    map $$request_id $$anywhere {
        "~^(?<a>.{4})(?<b>.{4})(?<c>.{4})" "2001:$$a:$$b:$$c::1";
    }
    upstream server { server 127.0.0.1:$upstream; keepalive 1; }
    server {
        listen 127.0.0.1:$port;
        location / {
            proxy_pass http://server;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $$http_host;
            proxy_set_header X-Forwarded-For $whence;
        }
    }
}
""")


@contextmanager
def nginx(upstream: int, whence: str = "$proxy_add_x_forwarded_for") -> Iterator[int]:
    """Run nginx in front of a port for the block, and yield its own.

    It says `whence` a request comes: with $anywhere, each one from a network of its own.
    """
    port = free_port()
    with TemporaryDirectory() as folder:
        configuration = Path(folder, "nginx.conf")
        configuration.write_text(
            CONFIGURATION.substitute(folder=folder, upstream=upstream, port=port, whence=whence)
        )
        process = subprocess.Popen(
            ["nginx", "-p", folder, "-c", str(configuration)],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until(lambda: answers(port))
            yield port
        finally:
            process.terminate()
            process.wait(20)


def answers(port: int) -> bool:
    try:
        return hear(port, b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").statuses == [200]
    except OSError:
        return False
