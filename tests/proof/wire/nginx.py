"""A proxy that keeps its connection to the server, so that what one client hides meets the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from string import Template

from tests.nginx import running_nginx
from tests.processes import free_port

#: One connection to the server at most is kept, so that the next client is given the last one's.
SITE = Template("""
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
        proxy_set_header X-Forwarded-For $address;
    }
}
""")


@contextmanager
def nginx(upstream: int, address: str = "$proxy_add_x_forwarded_for") -> Iterator[int]:
    """Run nginx in front of a port for the block, and yield its own.

    `address` is the value of X-Forwarded-For; with $anywhere, each request has another network.
    """
    port = free_port()
    with running_nginx(SITE.substitute(upstream=upstream, port=port, address=address)):
        yield port
