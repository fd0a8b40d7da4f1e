"""No request smuggles another one, and no client gets the response to another."""

from __future__ import annotations

import socketserver
from threading import Thread
from types import SimpleNamespace

import pytest

from tests.proof.wire.client import exchange
from tests.proof.wire.nginx import nginx
from tests.proof.wire.probes import CHUNKED, HIDDEN, INSIDE, PROBES, VICTIM, with_headers
from tests.report import publish

ROWS: dict[str, list[str]] = {}


@pytest.fixture(scope="module")
def proxy(server):
    with nginx(server.port) as port:
        yield port


@pytest.fixture(scope="module", autouse=True)
def published():
    """All verdicts, once every probe has one."""
    yield
    if ROWS.keys() >= PROBES.keys():
        head = ["probe", "direct", "through nginx", "verdict"]
        rows = [[name, *ROWS[name]] for name in PROBES]
        summary = f"{len(rows)} probes, 0 smuggled"
        publish("proof", "injection", head, rows, summary=summary)


@pytest.mark.parametrize("name", PROBES)
def test_probe_smuggles_no_request(name, server, proxy):
    probe = PROBES[name]
    direct = exchange(server.port, probe.data)
    next_on_it = exchange(server.port, probe.data, then=VICTIM)
    proxied = exchange(proxy, probe.data)
    next_ones = [exchange(proxy, VICTIM) for _ in range(2)]

    assert direct.outcome in probe.direct, direct
    assert proxied.outcome in probe.proxied, proxied
    if "two answers" not in probe.direct:
        assert "globex" not in direct.shops
    if "two answers" not in probe.proxied:
        assert "globex" not in proxied.shops
    # The next request on the connection, or on the one that nginx keeps, gets its own response.
    assert next_on_it.shops <= {"acme"}
    assert next_on_it.is_closed or next_on_it.statuses == [200]
    assert [(victim.statuses, victim.shops) for victim in next_ones] == [([200], {"acme"})] * 2
    ROWS[name] = [str(direct), str(proxied), direct.outcome]


# --- The control: a server that does not know chunked bodies ----------------------------------


class NaiveHandler(socketserver.StreamRequestHandler):
    def handle(self):
        while head := self.read_head():
            fields = dict(line.split(": ", 1) for line in head[1:])
            self.rfile.read(int(fields.get("Content-Length", 0)))
            body = b'{"code": "%s"}' % fields["Host"].partition(".")[0].encode()
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    def read_head(self):
        lines = []
        while line := self.rfile.readline().decode().strip():
            lines.append(line)
        return lines


@pytest.fixture
def naive():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), NaiveHandler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever).start()
        yield SimpleNamespace(port=server.server_address[1])
        server.shutdown()


def test_control_naive_server_responds_to_a_smuggled_request(naive):
    first_line = INSIDE.partition(b"\r\n")[0] + b"\r\n"
    attack = with_headers(b"Content-Length: %d\r\n" % len(first_line) + CHUNKED, INSIDE[:-5]).data
    assert HIDDEN in attack
    received = exchange(naive.port, attack)
    assert (received.outcome, received.shops) == ("two answers", {"acme", "globex"})


def test_control_victim_behind_a_naive_server_gets_the_smuggled_response(naive):
    """The start of a smuggled request waits for the victim's request and absorbs it."""
    started = HIDDEN.removesuffix(b"\r\n") + b"X-Swallowed: "
    attack = with_headers(CHUNKED, started).data
    assert exchange(naive.port, attack, then=VICTIM.replace(b": ", b":: ")).shops == {"globex"}
