"""Servers under load, with the two demo shops, and without the limits that would hide the rest."""

from __future__ import annotations

from typing import Any

from tests.drills.load import Request
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
    """Return what people do in a shop, a fifth of it writing: products called `prefix`-number."""
    product = {"name": "Mug {n}", "code": f"{prefix}-{{n}}"}
    return [
        Request(ACME, "/api/shop/"),
        Request(ACME, "/api/products/"),
        Request(ACME, "/api/shop/"),
        Request(GLOBEX, "/api/products/?search=mug"),
        Request(ACME, "/api/products/", "POST", product, token_of(server, ACME)),
    ]
