"""Forwarding headers of a client are ignored behind a real proxy."""

from __future__ import annotations

import pytest

from tests.processes import Server
from tests.proof.conftest import PASSWORD
from tests.proof.wire.nginx import nginx

OWNER = "owner@acme.example"
ELSEWHERE = "203.0.113.9"

FORGED = {
    "X-Forwarded-For": ELSEWHERE,
    "X_Forwarded_For": ELSEWHERE,
    "X-Forwarded_For": ELSEWHERE,
    "X-Real-IP": ELSEWHERE,
    "Forwarded": f"for={ELSEWHERE};host=globex.localhost;proto=https",
    "X-Forwarded-Host": "globex.localhost",
    "X_Forwarded_Host": "globex.localhost",
    "X-Original-Host": "globex.localhost",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "1",
    "X-Original-URL": "/api/audit/",
    "X-HTTP-Method-Override": "DELETE",
    "Tenant-Code": "globex",
    "Tenant_Code": "globex",
    "X-Tenant-ID": "globex",
}


@pytest.fixture(scope="module")
def proxy(server):
    """The server as it is reached through nginx."""
    with nginx(server.port) as port:
        yield Server(server.data_dir, {"PORT": port})


def address_after_log_in(server, headers: dict[str, str]) -> str:
    """Log in with these headers, and return the address in the session."""
    credentials = {"email": OWNER, "password": PASSWORD}
    answer = server.request("POST", "acme.localhost", "/api/auth/login/", credentials, headers)
    assert answer.status == 200, answer.body
    authorization = {"Authorization": f"Bearer {answer.json()['access']}"}
    sessions = server.get("acme.localhost", "/api/auth/sessions/", **authorization).json()
    [mine] = [session for session in sessions["results"] if session["current"]]
    return mine["address"]


@pytest.mark.parametrize("name", FORGED)
def test_forged_header_changes_nothing(name, proxy):
    forged = {name: FORGED[name]}
    plain = proxy.get("acme.localhost", "/api/shop/")
    answer = proxy.get("acme.localhost", "/api/shop/", **forged)
    assert plain.json()["code"] == "acme"
    assert (answer.status, answer.body) == (plain.status, plain.body)
    assert address_after_log_in(proxy, forged) == "127.0.0.1"


def test_header_selects_the_shop_at_one_host_only(proxy):
    assert proxy.get("api.localhost", "/api/shop/", **{"Tenant-Code": "globex"}).status == 200
    assert proxy.get("api.localhost", "/api/shop/", Tenant_Code="globex").status == 404


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X_Forwarded_For"])
def test_control_header_is_trusted_without_the_proxy(name, server):
    """Hence a proxy in front, which drops the second: the server cannot tell it from the first."""
    assert address_after_log_in(server, {name: ELSEWHERE}) == ELSEWHERE
