"""A proxy before a server, through which pages arrive in two parts, as over a slow network."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: Of the headers of a response, those that the proxy sends itself.
OWN_HEADERS = {"connection", "content-length", "date", "server", "transfer-encoding"}


class Handler(BaseHTTPRequestHandler):
    server: Proxy

    def do_GET(self) -> None:
        host = f"{self.headers['Host'].partition(':')[0]}:{self.server.port}"
        headers = dict(self.headers) | {"Host": host, "Accept-Encoding": "identity"}
        connection = HTTPConnection("127.0.0.1", self.server.port)
        connection.request("GET", self.path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in OWN_HEADERS:
                self.send_header(name, value)
        self.end_headers()
        if response.getheader("Content-Type", "").startswith("text/html"):
            self.send_parts(body)
        else:
            self.wfile.write(body)

    def send_parts(self, page: bytes) -> None:
        first, cut, second = page.replace(self.server.omitted, b"").partition(self.server.cut)
        assert cut, "the page does not contain the text that ends its first part"
        self.wfile.write(first + cut)
        time.sleep(self.server.pause)
        self.wfile.write(second)

    def log_message(self, *_arguments: object) -> None:
        """Log nothing."""


class Proxy(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, port: int, cut: str, pause: float, omitted: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.port, self.pause = port, pause
        self.cut, self.omitted = cut.encode(), omitted.encode()


@contextmanager
def halving(port: int, cut: str, *, pause: float, omitted: str = "") -> Iterator[int]:
    """Return the port of a proxy that pauses for seconds after the text `cut` of a page.

    It leaves the text `omitted` out.
    """
    with Proxy(port, cut, pause, omitted) as proxy:
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        try:
            yield proxy.server_port
        finally:
            proxy.shutdown()
            thread.join()
