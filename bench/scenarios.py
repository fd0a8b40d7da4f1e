"""The requests that are measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bench.contestants import LIST, PASSWORD, Contestant
from bench.load.wrk import CONNECTIONS, LoadFailed, Post, Target, ask, require_status
from bench.shops import Shop


class NoETag(Exception):
    """The response that should be revalidated has no ETag."""


@dataclass(frozen=True)
class Scenario:
    """A request to every shop in turn, for the same path or one of the shop."""

    name: str
    title: str
    path: Callable[[Shop], str] = lambda shop: LIST
    has_token: bool = False
    is_conditional: bool = False
    post: Post | None = None
    status: int = 200
    least_seconds: int = 1
    #: The number of the first shops that are requested; None means all.
    limit: int | None = None
    has_results: bool = False

    def targets(self, contestant: Contestant) -> list[Target]:
        """Return the requests, of which one was sent; raise LoadFailed or NoETag."""
        targets = [
            replace(contestant.target(shop, self.path(shop), token=self.has_token), text=shop.email)
            for shop in contestant.shops[: self.limit]
        ]
        if self.is_conditional:
            targets = [_with_etag(contestant.port, target) for target in targets]
        body = require_status(contestant.port, targets[0], self.status, self.post)
        if self.has_results and not json.loads(body)["results"]:
            raise LoadFailed(f"{contestant.title} has no products.")
        return targets


def _with_etag(port: int, target: Target) -> Target:
    status, etag, _ = ask(port, target)
    if status != 200:
        raise LoadFailed(f"{target.path} at {target.host}: {status}")
    if not etag:
        raise NoETag
    return replace(target, etag=etag)


PRODUCT_LIST = Scenario(
    "list", "Product list, authenticated, warm", has_token=True, has_results=True
)
PUBLIC = [
    Scenario("public", "Product list, public, warm"),
    Scenario("unchanged", "Product list, public, unchanged (304)", is_conditional=True, status=304),
]
PAGES = [
    Scenario("home", "Storefront: home", lambda shop: "/"),
    Scenario("page", "Storefront: page of a product", lambda shop: f"/products/{shop.product}"),
    Scenario("search", "Storefront: search", lambda shop: "/search?q=cotton"),
]

#: Of words that other products of the shop have.
_PRODUCT = {
    "name": "Blue cotton bowl {unique}",
    "code": "blue-cotton-bowl-{unique}",
    "description": "<p>Of cotton, made by hand and checked twice.</p>",
    "vendor": "Kiln 1",
    "product_type": "Bowl",
    "status": "active",
    "tags": ["cotton", "blue"],
}
_CREATED = Scenario("create", "Creating a product", has_token=True, status=201)
_LOGGED_IN = Scenario("login", "Logging in", lambda shop: "/api/auth/login/", least_seconds=5)


def _posting(scenario: Scenario, body: dict[str, Any], connections: int) -> Scenario:
    return replace(scenario, post=Post(json.dumps(body), connections))


#: Few log-ins at a time: those that the end of a round cuts off cost CPU time, too.
_LOGINS = 2
_PASSWORD = {"password": PASSWORD}
#: The same writes, in this project's form and in that of the peers.
OUR_WRITES = [
    _posting(_CREATED, _PRODUCT | {"variants": [{"price": 2800, "stock": 5}]}, CONNECTIONS),
    _posting(_LOGGED_IN, {"email": "{text}"} | _PASSWORD, _LOGINS),
]
PEER_WRITES = [
    _posting(_CREATED, _PRODUCT | {"price": 2800, "stock": 5}, CONNECTIONS),
    _posting(_LOGGED_IN, {"username": "{text}"} | _PASSWORD, _LOGINS),
]
