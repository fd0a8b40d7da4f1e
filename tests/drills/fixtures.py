"""The two demo shops under load, without rate limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.load.requests import Request
from tests.load.threads import Load, LoadThreads
from tests.processes import Server

#: Rates are not what these drills are about; the load comes from few addresses.
NO_RATES: dict[str, Any] = dict.fromkeys(
    ["RATE_SHOP", "RATE_USER", "RATE_ADDRESS", "RATE_SIGNUP"], "1000000/min"
)
ACME = "acme.localhost"
GLOBEX = "globex.localhost"


def token_of(server: Server, host: str) -> dict[str, str]:
    """Return the header of a demo shop's owner."""
    return server.log_in(host, *server.demo_log_ins[host])


def reading_and_writing(server: Server, prefix: str) -> list[Request]:
    """Return a mix of requests, a fifth of it writing: products called `prefix`-number."""
    return [
        Request(ACME, "/api/shop/"),
        Request(ACME, "/api/products/"),
        Request(ACME, "/api/shop/"),
        Request(GLOBEX, "/api/products/?search=mug"),
        *writing(server, prefix)[:1],
    ]


def writing(server: Server, prefix: str) -> list[Request]:
    """Return a request to each demo shop that adds a product called `prefix`-number."""
    body = {"name": "Mug {n}", "code": f"{prefix}-{{n}}"}
    return [
        Request(host, "/api/products/", "POST", body, token_of(server, host))
        for host in (ACME, GLOBEX)
    ]


def reading(server: Server) -> list[Request]:
    """Return a request to each demo shop that lists products for its owner."""
    path = "/api/products/?page_size=5"
    return [Request(host, path, headers=token_of(server, host)) for host in (ACME, GLOBEX)]


def steady_load(
    server: Server, requests: Sequence[Request], clients: int, *, resends: bool = True
) -> LoadThreads:
    """Return clients that keep their connections, and after a failure wait for less than asked."""
    options = {"backoff": 0.05, "keeps_alive": True, "resends": resends}
    return LoadThreads(Load(server.port, requests, clients, **options))
