"""The load generator sends the given requests and measures the responses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.load.clients import Client
from tests.load.process import run
from tests.load.requests import NO_RESPONSE, Request, failures, statuses, written_codes
from tests.load.threads import Load, LoadThreads
from tests.processes import free_port

READ = Request("acme.localhost", "/")
WRITE = Request("acme.localhost", "/", "POST", {"code": "mug-{n}"}, {"X-Number": "{n}"})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.answer(200)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(201 if body["code"] == f"mug-{self.headers['X-Number']}" else 400)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if self.path == "/closing":
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever).start()
        yield server.server_port
        server.shutdown()


def test_process_sends_the_requests_in_order(port):
    samples = run(Load(port, [READ, WRITE], clients=3, total=20))

    assert statuses(samples) == {200: 10, 201: 10}
    assert written_codes(samples) == {f"mug-{number}" for number in range(1, 20, 2)}


def test_threads_stop_at_the_end_of_the_block(port):
    load = Load(port, [READ], clients=2, keeps_alive=True, pause=0.01)
    with LoadThreads(load) as threads:
        while len(threads.samples) < 10:
            pass
    count = len(threads.samples)

    assert statuses(threads.samples) == {200: count}
    assert threads.between(0, float("inf")) == threads.samples


def test_request_without_a_response_is_a_failure():
    load = Load(free_port(), [READ], clients=1, total=1)
    with LoadThreads(load) as threads:
        threads.join()

    assert statuses(failures(threads.samples)) == {NO_RESPONSE: 1}


@pytest.mark.parametrize("resends", [True, False])
def test_idempotent_request_is_repeated_on_a_closed_connection(port, resends):
    client = Client(port, resends=resends)
    client.send(Request("acme.localhost", "/closing"))

    if resends:
        assert client.send(READ).status == 200
    else:
        with pytest.raises(ConnectionError):
            client.send(READ)
    client.close()
