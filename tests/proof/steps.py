"""The requests of the script, and what is right about their answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.proof.shops import PUBLISHED, Shop

NEWEST = 10


@dataclass(frozen=True)
class Target:
    """The target and origin of a request, a code that is new in the shop, and cursors of both."""

    shop: Shop
    other: Shop
    code: str
    cursor: str
    foreign_cursor: str


@dataclass(frozen=True)
class Expectation:
    """A request, the status that it has to get, and what else its answer has to be."""

    method: str
    path: str
    status: int
    body: Any = None
    token_of: Shop | None = None
    is_right: Callable[[Any], bool] = lambda answer: True


def oldest_products(at: Target) -> Expectation:
    path = "/api/products/?ordering=added_on&page_size=3"
    return Expectation(
        "GET", path, 200, is_right=lambda found: _ids(found) == at.shop.published[:3]
    )


def newest_products(at: Target) -> Expectation:
    return Expectation(
        "GET",
        f"/api/products/?page_size={NEWEST}",
        200,
        is_right=lambda found: (
            PUBLISHED <= len(found["results"]) <= NEWEST
            and all(
                _is_product_of(at.shop, row) and row["status"] == "active"
                for row in found["results"]
            )
        ),
    )


def next_page(at: Target) -> Expectation:
    return Expectation(
        "GET", at.cursor, 200, is_right=lambda found: _ids(found) == at.shop.published[2:4]
    )


def drafts(at: Target) -> Expectation:
    return Expectation(
        "GET",
        "/api/products/?published=false&ordering=added_on",
        200,
        token_of=at.shop,
        is_right=lambda found: _ids(found) == [at.shop.draft, at.shop.changing],
    )


def cursor_of_another(at: Target) -> Expectation:
    return Expectation("GET", at.foreign_cursor, 400, is_right=_has("code", "invalid"))


def product(at: Target) -> Expectation:
    pk = at.shop.published[0]
    return Expectation(
        "GET",
        f"/api/products/{pk}/",
        200,
        is_right=lambda row: (
            (row["id"], row["code"]) == (pk, "mug-0") and _is_product_of(at.shop, row)
        ),
    )


def product_of_another(at: Target) -> Expectation:
    path = f"/api/products/{at.other.published[0]}/"
    return Expectation("GET", path, 404, token_of=at.shop, is_right=_has("code", "not_found"))


def create(at: Target) -> Expectation:
    body = {"name": f"New mug of {at.shop.canary}", "code": at.code, "status": "active"}
    return Expectation(
        *("POST", "/api/products/", 201, body, at.shop),
        is_right=lambda row: row["code"] == at.code and _is_product_of(at.shop, row),
    )


def create_taken(at: Target) -> Expectation:
    body = {"name": f"Second mug of {at.shop.canary}", "code": "mug-0"}
    return Expectation(
        *("POST", "/api/products/", 400, body, at.shop),
        is_right=lambda found: [error["pointer"] for error in found["errors"]] == ["/code"],
    )


def change(at: Target) -> Expectation:
    text = f"{at.code} of {at.shop.canary}"
    return Expectation(
        *("PATCH", f"/api/products/{at.shop.changing}/", 200, {"description": text}, at.shop),
        is_right=lambda row: row["description"] == text and _is_product_of(at.shop, row),
    )


def change_of_another(at: Target) -> Expectation:
    path = f"/api/products/{at.other.changing}/"
    body = {"name": f"Harmed by {at.shop.canary}"}
    return Expectation("PATCH", path, 404, body, at.shop, _has("code", "not_found"))


def users(at: Target) -> Expectation:
    return Expectation(
        "GET",
        "/api/users/",
        200,
        token_of=at.shop,
        is_right=lambda found: sorted(_ids(found)) == at.shop.users,
    )


def shop(at: Target) -> Expectation:
    return Expectation(
        "GET",
        "/api/shop/",
        200,
        is_right=lambda found: (found["id"], found["name"]) == (at.shop.id, at.shop.name),
    )


def me(at: Target) -> Expectation:
    return Expectation(
        "GET", "/api/auth/me/", 200, token_of=at.shop, is_right=_has("id", at.shop.owner)
    )


def token_of_another(at: Target) -> Expectation:
    return Expectation(
        *("GET", "/api/users/", 401), token_of=at.other, is_right=_has("code", "invalid_token")
    )


def audit(at: Target) -> Expectation:
    return Expectation(
        "GET",
        "/api/audit/?ordering=created_at&page_size=3",
        200,
        token_of=at.shop,
        is_right=lambda found: (
            [(row["actor"], at.shop.canary in row["subject"]) for row in found["results"]]
            == [(at.shop.owner, True)] * 3
        ),
    )


STEPS: dict[str, Callable[[Target], Expectation]] = {
    step.__name__: step
    for step in (
        *(oldest_products, newest_products, next_page, drafts, cursor_of_another, product),
        *(product_of_another, create, create_taken, change, change_of_another, users, shop, me),
        *(token_of_another, audit),
    )
}


def _ids(found: Any) -> list[str]:
    return [row["id"] for row in found["results"]]


def _has(name: str, value: str) -> Callable[[Any], bool]:
    return lambda answer: answer[name] == value


def _is_product_of(shop: Shop, row: Any) -> bool:
    return shop.canary in row["name"] and row["added_by"] == shop.owner
