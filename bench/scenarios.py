"""The requests that are measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bench.contestants import LIST, Contestant
from bench.load.wrk import LoadFailed, Post, Target, ask, require_status
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

    def targets(self, contestant: Contestant) -> list[Target]:
        """Return the requests, of which one was sent; raise LoadFailed or NoETag."""
        targets = [
            replace(contestant.target(shop, self.path(shop), token=self.has_token), text=shop.email)
            for shop in contestant.shops
        ]
        if self.is_conditional:
            targets = [_with_etag(contestant.port, target) for target in targets]
        require_status(contestant.port, targets[0], self.status, self.post)
        return targets


def _with_etag(port: int, target: Target) -> Target:
    status, etag, _ = ask(port, target)
    if status != 200:
        raise LoadFailed(f"{target.path} at {target.host}: {status}")
    if not etag:
        raise NoETag
    return replace(target, etag=etag)


PRODUCT_LIST = Scenario("list", "Product list, authenticated, warm", has_token=True)
PUBLIC = [
    Scenario("public", "Product list, public, warm"),
    Scenario("unchanged", "Product list, public, unchanged (304)", is_conditional=True, status=304),
]
PAGES = [
    Scenario("home", "Storefront: home", lambda shop: "/"),
    Scenario("page", "Storefront: page of a product", lambda shop: f"/products/{shop.product}"),
    Scenario("search", "Storefront: search", lambda shop: "/search?q=cotton"),
]
