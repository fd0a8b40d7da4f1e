"""`manage.py serve` with real processes, a real port and a separate database."""

from __future__ import annotations

import re
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psutil
import pytest

from apps.embedded_postgres.cluster import EmbeddedPostgres
from apps.embedded_postgres.roles import APP_ROLE, OWNER_ROLE
from tests.load.slow_clients import half_a_header, slow_clients
from tests.processes import (
    DEADLINE,
    Server,
    is_alive,
    manage,
    postgres_process,
    serving,
    until,
)


@pytest.fixture(scope="module")
def server(shared_dir) -> Iterator[Server]:
    """A server for the tests that leave it as it was."""
    with serving(shared_dir) as running:
        yield running


def own_products(server: Server, token: dict[str, str]) -> set[str]:
    answer = server.get("acme.localhost", "/api/products/?page_size=100", **token)
    return {product["code"] for product in answer.json()["results"]}


def add_product(server: Server, code: str) -> dict[str, str]:
    """Add a product at acme; return the token that did it."""
    token = server.log_in("acme.localhost", *server.demo_log_ins["acme.localhost"])
    body = {"name": code, "code": code}
    answer = server.request("POST", "acme.localhost", "/api/products/", body, token)
    assert answer.status == 201, answer.body
    return token


def everything_of(server: Server) -> list[psutil.Process]:
    """Return every process of a server: its own, and the database's."""
    postgres = postgres_process(server.data_dir)
    children = server.process.children(recursive=True)
    return [server.process, *children, postgres, *postgres.children(recursive=True)]


@pytest.mark.parametrize("host", ["localhost", "acme.localhost", "nobody.localhost", "example.org"])
@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_probes_respond_on_every_host(server, host, path):
    answer = server.get(host, path)

    assert (answer.status, answer.json()["status"]) == (200, "ok")


def test_printed_urls_respond(server):
    paths = re.findall(rf"http://localhost:{server.port}(/\S*)", server.output)

    assert paths == ["/", "/", "/api/docs/"]
    assert [server.get("localhost", path).status for path in paths] == [200, 200, 200]


def test_addresses_are_printed_once_they_respond(data_dir):
    server = Server(data_dir, {"DEMO": 0}).launch()
    try:
        until(lambda: server.announces in server.output)
        assert server.get("localhost", "/livez").status == 200
    finally:
        server.press_ctrl_c()


def test_printed_demo_credentials_work(server):
    log_ins = server.demo_log_ins

    assert set(log_ins) == {"acme.localhost", "globex.localhost"}
    for host, (email, password) in log_ins.items():
        token = server.log_in(host, email, password)
        assert server.get(host, "/api/auth/me/", **token).json()["role"] == "owner"


def test_demo_shop_refuses_the_token_of_the_other(server):
    token = server.log_in("acme.localhost", *server.demo_log_ins["acme.localhost"])

    assert server.get("globex.localhost", "/api/auth/me/", **token).status == 401


def test_workers_have_no_owner_credentials(server):
    secret = (server.data_dir / "secrets" / f"password_{OWNER_ROLE}").read_text()
    assert server.workers != []

    for worker in server.workers:
        environ = worker.environ()
        assert "DATABASE_OWNER_URL" not in environ
        assert not [name for name, value in environ.items() if secret in value]
        assert f"//{APP_ROLE}:" in environ["DATABASE_URL"]


def test_worker_that_dies_is_replaced(server):
    dead = server.workers[0]
    dead.kill()

    until(lambda: dead not in server.workers and server.workers != [])
    until(server.is_up)


def test_hangup_replaces_the_workers(server):
    before = server.workers

    server.process.send_signal(signal.SIGHUP)

    until(lambda: server.workers != [] and not set(server.workers) & set(before))
    until(server.is_up)


@pytest.mark.parametrize(("length", "answers"), [(100, {2}), (5_000_000, {0, 1})])
def test_connection_is_kept_after_an_unread_body(server, length, answers):
    """The body arrives after the headers of a 404. The control: a body too long to read."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        host = f"Host: acme.localhost:{server.port}\r\n"
        client.sendall(f"POST /none HTTP/1.1\r\n{host}Content-Length: {length}\r\n\r\n".encode())
        time.sleep(0.3)
        received = b""
        with suppress(OSError):  # cut
            client.sendall(b"x" * length)
            received += client.recv(65536)
            client.sendall(f"GET /livez HTTP/1.1\r\n{host}Connection: close\r\n\r\n".encode())
            while part := client.recv(65536):
                received += part
    assert received.count(b"HTTP/1.1 404") + received.count(b"HTTP/1.1 200") in answers


def test_half_sent_heads_do_not_hold_every_connection(server):
    """More than granian accepts by default; the drill has the figures, and the control."""
    with slow_clients(server.port, [half_a_header("acme.localhost")] * 1_100):
        began = time.monotonic()
        statuses = {server.get("acme.localhost", "/api/shop/").status for _ in range(20)}

    assert statuses == {200}
    assert time.monotonic() - began < 5


def test_ipv6_loopback_answers(server):
    with socket.create_connection(("::1", server.port), timeout=10) as client:
        client.sendall(
            f"POST /api/auth/login/ HTTP/1.1\r\nHost: acme.localhost:{server.port}\r\n"
            "Content-Length: 100000\r\nConnection: close\r\n\r\n".encode()
        )
        client.sendall(b" " * 100_000)
        received = b"".join(iter(lambda: client.recv(65_536), b""))

    assert received.startswith(b"HTTP/1.1 415 ")
    assert b"unsupported_media_type" in received


def test_port_in_use_is_reported(server):
    refused = manage("serve", DATA_DIR=server.data_dir, PORT=server.port)

    assert refused.returncode == 1
    assert refused.stderr == f"CommandError: Port {server.port} is taken; set PORT to another.\n"
    assert server.get("localhost", "/readyz").status == 200


def test_operator_suspends_a_shop_while_it_is_served(server):
    assert server.get("globex.localhost", "/api/shop/").status == 200

    assert manage("suspend_shop", "globex", DATA_DIR=server.data_dir).returncode == 0
    statuses = {server.get("globex.localhost", "/api/shop/").status for _ in range(20)}
    assert manage("resume_shop", "globex", DATA_DIR=server.data_dir).returncode == 0

    assert statuses == {404}
    assert {server.get("globex.localhost", "/api/shop/").status for _ in range(20)} == {200}


def test_concurrent_openings_with_one_code_are_conflicts(server):
    """Concurrent requests are served in turn, and none is refused."""

    def open_shop(person: int) -> int:
        owner = {"email": f"{person}@load.example", "password": "glaze-over-stoneware"}
        body = {"code": "load", "name": "Load", "owner": {**owner, "first_name": "Ada"}}
        return server.request("POST", "localhost", "/api/shops/", body).status

    with ThreadPoolExecutor(8) as people:
        statuses = Counter(people.map(open_shop, range(8)))

    assert statuses == {201: 1, 409: 7}


def test_server_and_database_stop_cleanly_and_keep_the_data(data_dir):
    first = Server(data_dir).start()
    assert "Creating a PostgreSQL cluster" in first.output
    token = add_product(first, "kept")
    require_clean_end(first, Server.press_ctrl_c)

    second = Server(data_dir).start()
    assert "Creating a PostgreSQL cluster" not in second.output
    assert second.demo_log_ins.keys() == first.demo_log_ins.keys()
    assert own_products(second, token) >= {"mug", "bowl", "vase", "kept"}
    require_clean_end(second, Server.terminate)


def test_interrupt_does_not_reach_a_worker_that_starts(data_dir):
    server = Server(data_dir, {"WORKERS": 2}).launch()
    until(lambda: len(server.workers) == 2)
    workers = server.workers
    for worker in workers:
        worker.send_signal(signal.SIGINT)
    until(server.is_up)

    assert server.workers == workers
    require_clean_end(server, Server.press_ctrl_c)


def require_clean_end(server: Server, end: Callable[[Server], int]) -> None:
    processes = everything_of(server)
    log = server.data_dir / "postgres" / "server.log"
    shutdowns = log.read_text().count("database system is shut down")

    assert end(server) in {0, 130}

    until(lambda: not any(is_alive(process) for process in processes))
    assert "Traceback" not in server.output
    assert log.read_text().count("database system is shut down") == shutdowns + 1


def test_killed_server_restarts_with_all_committed_data(data_dir):
    server = Server(data_dir).start()
    token = add_product(server, "kept")
    workers = server.workers
    postgres = postgres_process(data_dir)

    server.kill()
    until(lambda: not any(is_alive(worker) for worker in workers))

    with serving(data_dir, PORT=server.port) as again:
        assert postgres_process(data_dir) == postgres
        assert own_products(again, token) >= {"mug", "bowl", "vase", "kept"}
    assert not is_alive(postgres)


def test_server_ends_if_the_parent_of_its_workers_does(data_dir):
    server = Server(data_dir).start()
    workers = server.workers

    workers[0].parent().kill()

    assert server.process.wait(DEADLINE) == 1
    assert "CommandError: The HTTP server has ended with -9." in server.output
    until(lambda: not any(is_alive(worker) for worker in workers))


def test_killed_database_restarts_with_all_committed_data(data_dir):
    server = Server(data_dir).start()
    token = add_product(server, "kept")
    postgres = postgres_process(data_dir)

    server.kill()
    postgres.kill()
    until(lambda: not is_alive(postgres))

    with serving(data_dir) as again:
        assert own_products(again, token) >= {"mug", "bowl", "vase", "kept"}


def test_lost_database_is_503(data_dir):
    with serving(data_dir) as server:
        postgres = postgres_process(data_dir)
        processes = [postgres, *postgres.children(recursive=True)]
        postgres.kill()
        until(lambda: not any(is_alive(process) for process in processes))

        ready = server.get("acme.localhost", "/readyz")
        products = server.get("acme.localhost", "/api/products/")

        assert (ready.status, products.status) == (503, 503)
        assert {ready.headers["Content-Type"], products.headers["Content-Type"]} == {
            "application/problem+json"
        }
        assert server.get("acme.localhost", "/livez").status == 200


def test_replaced_worker_waits_for_an_unavailable_database(data_dir, quick):
    postgres = EmbeddedPostgres(data_dir)
    with postgres.running(quick), serving(data_dir, WORKERS=1) as server:
        postgres.stop_server()
        server.workers[0].kill()
        # If the next one gave up, the supervisor would take it for a fault of the worker's.
        until(lambda: server.output.count("Waiting for the database") > 3)
        postgres.start_server(quick)

        until(server.is_up)
        assert server.get("acme.localhost", "/api/products/").status == 200


def test_shops_are_empty_without_demo(data_dir):
    with serving(data_dir, DEMO=0) as server:
        assert server.demo_log_ins == {}
        assert server.get("acme.localhost", "/api/shop/").status == 404
