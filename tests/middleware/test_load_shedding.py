"""Refused requests, their responses, and requests that need no slot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import Thread
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connections
from django.test import AsyncClient, Client
from django.test.client import ClientHandler

from apps.tenants import cache, listener
from apps.tenants.models import Tenant
from middleware.load_shedding import _partition_key
from middleware.site import SiteMiddleware
from tests.apps.api.assertions import problem
from tests.apps.tenants.factories import make_tenant
from tests.middleware.urls import gate
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

ACME = "acme.localhost:8000"
GLOBEX = "globex.localhost:8000"
NOWHERE = "never-opened.localhost:8000"
#: The clients of each shop are in a separate network.
ADDRESSES = {ACME: "203.0.113.7", GLOBEX: "198.51.100.7"}


@pytest.fixture
def handler(settings, acme, globex) -> ClientHandler:
    """A process with three slots, two for each shop, and no queue."""
    settings.LOAD_SHEDDING = {
        "slots": 3,
        "slots_per_tenant": 2,
        "slow_threshold": 0.0,
        "queue_size": 0,
        "queue_timeout": 0.1,
    }
    settings.SHOP_URLCONF = "tests.middleware.urls"
    handler = ClientHandler(enforce_csrf_checks=False)
    handler.load_middleware()
    return handler


def ask(handler: ClientHandler, host: str, path: str = "/tenant", **options: Any) -> Any:
    client = Client()
    client.handler = handler
    client.raise_request_exception = False
    options.setdefault("REMOTE_ADDR", ADDRESSES.get(host, "127.0.0.1"))
    return client.generic(options.pop("method", "GET"), path, HTTP_HOST=host, **options)


@contextmanager
def busy(handler: ClientHandler, *hosts: str) -> Iterator[None]:
    """Keep one request in progress at each of these hosts for the block."""
    statuses: list[int] = []

    def stay(host: str) -> None:
        try:
            statuses.append(ask(handler, host, "/stay").status_code)
        finally:
            connections.close_all()

    for host in set(hosts):
        ask(handler, host)
    receive_all_notices()
    for host in set(hosts):
        ask(handler, host)  # the shop is in the cache from now on
    threads = [Thread(target=stay, args=(host,), daemon=True) for host in hosts]
    gate.close()
    for thread in threads:
        thread.start()
    try:
        gate.wait_until_inside(len(hosts))
        yield
    finally:
        gate.open()
        for thread in threads:
            thread.join(20)
    assert statuses == [200] * len(hosts)


def receive_all_notices() -> None:
    """Wait until the cache has dropped every tenant that was changed before."""
    until(lambda: listener.tenant_listener.is_listening)
    marker = "marker"
    cache.tenant_cache.store(marker, Tenant(), generation=cache.tenant_cache.generation)
    with connections["default"].cursor() as cursor:
        cursor.execute(f"NOTIFY {listener.CHANNEL}, '{marker}'")
    until(lambda: cache.tenant_cache.last_seen(marker) is None)


def test_shop_at_its_limit_is_refused_and_another_is_served(handler):
    with busy(handler, ACME, ACME):
        refused = ask(handler, ACME)
        assert problem(refused, 429, "shop_busy")["detail"]
        assert refused.headers["Retry-After"] == "1"
        # First as a shop that is not in the cache, then as one that is.
        served = [ask(handler, GLOBEX).json() for _ in range(2)]
        assert served == [{"code": "globex"}] * 2
    assert ask(handler, ACME).json() == {"code": "acme"}


def test_full_process_is_a_503_for_a_shop_below_its_limit(handler):
    with busy(handler, ACME, ACME, GLOBEX):
        refused = ask(handler, GLOBEX)
        problem(refused, 503, "server_busy")
        assert refused.headers["Retry-After"] == "1"
    assert ask(handler, GLOBEX).status_code == 200


def test_liveness_needs_no_slot(handler):
    with busy(handler, ACME, ACME, GLOBEX):
        assert ask(handler, ACME, "/livez").status_code == 200
        assert ask(handler, NOWHERE, "/livez").status_code == 200


def test_readiness_does_not_share_the_slots_of_its_host(handler):
    with busy(handler, ACME, ACME):
        assert ask(handler, ACME).status_code == 429
        assert ask(handler, ACME, "/readyz").status_code == 200


def test_network_at_its_limit_is_refused_at_any_shop_and_another_is_served(handler):
    one, other = ADDRESSES[ACME], ADDRESSES[GLOBEX]
    with busy(handler, ACME, ACME):
        refused = ask(handler, GLOBEX, REMOTE_ADDR=one)
        served = ask(handler, GLOBEX, REMOTE_ADDR=other)
    problem(refused, 429, "shop_busy")
    assert served.status_code == 200


def test_unknown_codes_share_a_partition_and_unseen_ones_do_not(rf):
    for code, tenant in (("seen", Tenant(code="seen")), ("absent", None)):
        cache.tenant_cache.store(code, tenant, generation=cache.tenant_cache.generation)
    hosts = ("seen.localhost", "unseen.localhost", "absent.localhost", "a..localhost", "localhost")

    keys = []
    middleware = SiteMiddleware(lambda request: keys.append(_partition_key(request)))

    for host in hosts:
        middleware(rf.get("/", HTTP_HOST=host))

    assert keys == ["seen", "unseen", "/unknown", "/unknown", "/platform"]


def test_static_files_need_no_slot(handler):
    with busy(handler, ACME, ACME, GLOBEX):
        path = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css"
        response = ask(handler, ACME, path)
        assert response.status_code == 200
        response.close()


def test_platform_and_unknown_hosts_have_separate_partitions(handler):
    with busy(handler, ACME, ACME):
        assert ask(handler, "localhost:8000", "/api/docs/").status_code == 200
        assert ask(handler, NOWHERE).status_code == 404


def test_refusal_is_readable_by_the_shops_storefronts_only(handler):
    origin = "https://shop.example"
    make_tenant("initech", storefront_origins=[origin])
    initech = "initech.localhost:8000"
    with busy(handler, initech, initech):
        refused = ask(handler, initech, HTTP_ORIGIN=origin)
        other = ask(handler, initech, HTTP_ORIGIN="https://other.example")
        preflight = {"HTTP_ORIGIN": origin, "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST"}
        asked_before = ask(handler, initech, method="OPTIONS", **preflight)
    assert (refused.status_code, refused["Access-Control-Allow-Origin"]) == (429, origin)
    assert "Access-Control-Allow-Origin" not in other.headers
    assert (asked_before.status_code, asked_before["Access-Control-Allow-Origin"]) == (200, origin)


def test_refusal_has_the_headers_of_every_response(handler):
    with busy(handler, ACME, ACME):
        refused = ask(handler, ACME)
    assert {"Host", "Tenant-Code"} <= {name.strip() for name in refused["Vary"].split(",")}
    assert "Content-Security-Policy" in refused.headers
    assert refused["X-Request-ID"]


def test_code_in_a_header_shares_its_shops_partition(handler):
    with busy(handler, ACME, ACME):
        refused = ask(handler, "api.localhost:8000", HTTP_TENANT_CODE="acme")
        served = ask(handler, "api.localhost:8000", HTTP_TENANT_CODE="globex")
    assert (refused.status_code, served.status_code) == (429, 200)


def test_tenant_is_looked_up_within_the_slot(handler, django_assert_num_queries):
    """The look-up may wait for the database, which must not block every thread."""
    with busy(handler, ACME, ACME, GLOBEX), django_assert_num_queries(0):
        cache.tenant_cache.forget()
        assert ask(handler, GLOBEX).status_code == 503
    with django_assert_num_queries(1):
        cache.tenant_cache.forget()
        assert ask(handler, ACME).status_code == 200


class SlowBody(BytesIO):
    """A body that records whether it was read."""

    was_read = False

    def read(self, size: int | None = -1) -> bytes:
        self.was_read = True
        return super().read(size)


def was_read(handler: ClientHandler, host: str, path: str) -> tuple[int, bool]:
    """Post a body; return the status, and True if the body was read."""
    body = SlowBody(b"{}")
    options = {"data": b"{}", "content_type": "application/json", "wsgi.input": body}
    return ask(handler, host, path, method="POST", **options).status_code, body.was_read


def test_body_of_a_refused_request_is_not_read(handler):
    with busy(handler, ACME, ACME):
        assert was_read(handler, ACME, "/tenant") == (429, False)
        assert was_read(handler, ACME, "/livez") == (429, False)
        assert was_read(handler, GLOBEX, "/nowhere") == (404, True)


@pytest.mark.parametrize("path", ["/fail", "/nowhere", "/tenant"])
def test_slot_is_released_after_any_response(handler, path):
    for _ in range(10):
        assert ask(handler, ACME, path).status_code in {200, 404, 500}
    with busy(handler, ACME, ACME, GLOBEX):
        pass


def test_streamed_response_holds_no_slot(handler):
    responses = [ask(handler, ACME, "/stream") for _ in range(5)]
    assert [response.status_code for response in responses] == [200] * 5


def test_asynchronous_requests_are_served(handler):
    async def ask_twice() -> list[int]:
        client = AsyncClient()
        answers = [await client.get("/livez", headers={"host": host}) for host in (ACME, NOWHERE)]
        answers.append(await client.get("/nowhere", headers={"host": "localhost"}))
        return [answer.status_code for answer in answers]

    assert async_to_sync(ask_twice)() == [200, 200, 404]
