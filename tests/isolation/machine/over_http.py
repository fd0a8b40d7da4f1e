"""Requests over HTTP: any user's token, at any host, with any shop's ids."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from apps.tenants.models import Tenant
from apps.users.models import User
from tests.apps.users.factories import PASSWORD, make_tokens
from tests.conftest import PLATFORM, ShopClient
from tests.isolation.machine.foundation import (
    MOST_SHOPS,
    Foundation,
    codes,
    inside,
    operation,
    products,
    rows,
    shops,
    texts,
    users,
)
from tests.isolation.machine.memory import TEXT, Row, Shop

clients = users | users | users | st.none()
tables = st.sampled_from(["users", "products"])


class OverHTTP(Foundation):
    def __init__(self) -> None:
        self.tokens: dict[Row, str] = {}
        super().__init__()

    @operation("HTTP", code=st.uuids(version=4))
    def open_a_shop(self, code: Any) -> None:
        if len(self.shops) == MOST_SHOPS:
            return
        owner = {"email": "owner@example.com", "password": PASSWORD, "first_name": "Ada"}
        body = {"code": f"s{code}"[:20].strip("-"), "name": "Opened", "owner": owner}
        answer = ShopClient(PLATFORM).post("/api/shops/", body)
        assert answer.status_code == 201, answer.content
        shop = self.may_change = self.add_shop(Tenant.objects.get(pk=answer.json()["id"]))
        with inside(shop):
            self.add(shop, "users", User.objects.get())

    @operation("HTTP", at=shops, who=clients, table=tables)
    def list_rows(self, at: Shop, who: Row | None, table: str) -> None:
        answer = self.ask(who, at, "get", f"{table}/?page_size=100")
        if table == "users" and who is None:
            assert answer.status_code == 401
        elif self.is_let_in(answer, at, who):
            ids = {row["id"] for row in answer.json()["results"]}
            assert ids == {str(row.id) for row in at.rows[table].values() if may_see(who, row)}

    @operation("HTTP", at=shops, who=clients, row=rows)
    def read_row(self, at: Shop, who: Row | None, row: Row) -> None:
        answer = self.ask(who, at, "get", f"{row.table}/{row.id}/")
        if row.table == "users" and who is None:
            assert answer.status_code == 401
        elif self.is_let_in(answer, at, who):
            is_seen = row.is_in(at) and may_see(who, row)
            assert answer.status_code == (200 if is_seen else 404)
            assert not is_seen or answer.json()[TEXT[row.table]] == row.values[TEXT[row.table]]

    @operation("HTTP", at=shops, who=users, code=codes, elsewhere=products)
    def create_product(self, at: Shop, who: Row, code: str, elsewhere: Row) -> None:
        stranger = {
            "id": str(elsewhere.id),
            "tenant": str(elsewhere.shop.tenant.pk),
            "added_by": str(elsewhere.added_by_id),
        }
        body = {"code": code, "name": "Made over HTTP", "status": "active", **stranger}
        answer = self.ask(who, at, "post", "products/", body)
        if self.is_let_in(answer, at, who):
            is_clash = at.has("products", code=code)
            assert answer.status_code == (403 if not who.is_team else 400 if is_clash else 201)
        if answer.status_code == 201:
            self.learn(at, "products", answer.json()["id"])
            assert self.known["products"][-1].added_by_id == who.id

    @operation("HTTP", at=shops, who=users, name=codes, elsewhere=shops)
    def create_user(self, at: Shop, who: Row, name: str, elsewhere: Shop) -> None:
        email = f"{name}@example.com"
        body = {"email": email, "password": PASSWORD, "first_name": "Kim", "role": "staff"}
        answer = self.ask(
            who, at, "post", "users/", {**body, "tenant_id": str(elsewhere.tenant.pk)}
        )
        if self.is_let_in(answer, at, who):
            is_clash = at.has("users", email=email)
            expected = 403 if not who.is_management else 400 if is_clash else 201
            assert answer.status_code == expected
        if answer.status_code == 201:
            self.learn(at, "users", answer.json()["id"])

    @operation("HTTP", at=shops, who=users, row=rows, text=texts)
    def change_row(self, at: Shop, who: Row, row: Row, text: str) -> None:
        body = {TEXT[row.table]: text}
        answer = self.ask(who, at, "patch", f"{row.table}/{row.id}/", body)
        if self.is_let_in(answer, at, who):
            assert answer.status_code == (may_not_write(who, at, row) or 200)
        if answer.status_code == 200:
            self.may_change = at
            row.write(text)

    @operation("HTTP", at=shops, who=users, row=rows)
    def delete_row(self, at: Shop, who: Row, row: Row) -> None:
        answer = self.ask(who, at, "delete", f"{row.table}/{row.id}/")
        if self.is_let_in(answer, at, who):
            refusal = may_not_write(who, at, row)
            if row.table == "users" and not refusal and at.is_last_owner(row):
                refusal = 409
            assert answer.status_code == (refusal or 204)
        if answer.status_code == 204:
            self.may_change = at
            if row.table == "users":
                row.values["is_active"] = False
            else:
                row.vanish()

    def ask(self, who: Row | None, at: Shop, method: str, path: str, body: Any = None) -> Any:
        client = ShopClient(f"{at}.{PLATFORM}", at.tenant)
        if who is not None:
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {self.tokens[who]}")
        return getattr(client, method)(f"/api/{path}", body)

    def is_let_in(self, answer: Any, at: Shop, who: Row | None) -> bool:
        """Return True if the token opens this shop, and make sure that no other one does."""
        is_known = who is None or (who.shop is at and who.is_active)
        assert (answer.status_code == 401) is not is_known
        return is_known

    def learn(self, shop: Shop, table: str, pk: str) -> None:
        self.may_change = shop
        with inside(shop):
            self.add(shop, table, self.objects(table).get(pk=pk))

    def add(self, shop: Shop, table: str, row: Any) -> None:
        super().add(shop, table, row)
        if table == "users":
            self.tokens[self.known["users"][-1]] = make_tokens(row)["access"]


def may_see(who: Row | None, row: Row) -> bool:
    if who is not None and who.is_team:
        return True
    return row is who if row.table == "users" else row.status == "active"


def may_not_write(who: Row, at: Shop, row: Row) -> int | None:
    """Return the status of a refusal, None if `who` of this shop may write `row`."""
    is_allowed = who.is_team if row.table == "products" else who.is_management
    if not is_allowed:
        return 403
    if not row.is_in(at):
        return 404
    if row.table == "users" and row.role == "owner" and who.role != "owner":
        return 403
    return None
