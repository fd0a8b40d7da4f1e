"""Rules that use raw SQL as the application's role, which the ORM does not filter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connections, transaction
from hypothesis import strategies as st

from tests.isolation.machine.by_orm import tables
from tests.isolation.machine.foundation import (
    Foundation,
    any_or_none,
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


class InSQL(Foundation):
    @operation("SQL", active=any_or_none, table=tables)
    def select_all(self, active: Shop | None, table: str) -> None:
        with inside(active):
            found = self.run(f"SELECT id FROM {table}").fetchall()
        assert {UUID(str(id_)) for (id_,) in found} == (
            set(active.rows[table]) if active else set()
        )

    @operation("SQL", active=any_or_none, row=rows)
    def select_row(self, active: Shop | None, row: Row) -> None:
        with inside(active):
            found = self.run(f"SELECT id FROM {row.table} WHERE id = %s", row.id)
        assert found.rowcount == row.is_in(active)

    @operation("SQL", active=any_or_none, row=rows, text=texts)
    def update_in_sql(self, active: Shop | None, row: Row, text: str) -> None:
        statement = f"UPDATE {row.table} SET {TEXT[row.table]} = %s WHERE id = %s"
        with inside(active):
            assert self.run(statement, text, row.id).rowcount == row.is_in(active)
        self.foresee_text(active, [row], text)

    @operation("SQL", active=any_or_none, table=tables, text=texts)
    def update_all_in_sql(self, active: Shop | None, table: str, text: str) -> None:
        own = list(active.rows[table].values()) if active else []
        with inside(active):
            assert self.run(f"UPDATE {table} SET {TEXT[table]} = %s", text).rowcount == len(own)
        self.foresee_text(active, own, text)

    @operation("SQL", active=any_or_none, row=products)
    def delete_in_sql(self, active: Shop | None, row: Row) -> None:
        with inside(active):
            deleted = self.run("DELETE FROM products WHERE id = %s", row.id)
        assert deleted.rowcount == row.is_in(active)
        self.foresee_end(active, row)

    @operation("SQL", active=any_or_none, of=shops, code=codes, by=users)
    def insert_product(self, active: Shop | None, of: Shop, code: str, by: Row) -> None:
        id_ = uuid4()
        is_right = of is active is by.shop and not of.has("products", code=code)
        with inside(active), refused_by_postgresql(not is_right):
            self.run(
                "INSERT INTO products (id, tenant_id, code, name, description, status, vendor,"
                " product_type, is_gift_card, added_by_id, added_on, updated_on)"
                " VALUES (%s, %s, %s, 'Inserted', '', 'active', '', '', false, %s, now(), now())",
                *(id_, of.tenant.pk, code, by.id),
            )
        if is_right:
            with inside(active):
                self.learn_made(active, self.objects("products").get(pk=id_))

    @operation("SQL", active=any_or_none, row=rows, to=shops)
    def move_in_sql(self, active: Shop | None, row: Row, to: Shop) -> None:
        is_refused = row.is_in(active) and to is not active
        with inside(active), refused_by_postgresql(is_refused):
            moved = self.run(
                f"UPDATE {row.table} SET tenant_id = %s WHERE id = %s", to.tenant.pk, row.id
            )
            assert moved.rowcount == row.is_in(active)

    @operation("SQL", active=any_or_none, row=products, by=users)
    def refer_in_sql(self, active: Shop | None, row: Row, by: Row) -> None:
        is_refused = row.is_in(active) and by.shop is not active
        with inside(active), refused_by_postgresql(is_refused):
            self.run("UPDATE products SET added_by_id = %s WHERE id = %s", by.id, row.id)
        if row.is_in(active) and not is_refused:
            self.may_change = active
            row.values["added_by_id"] = by.id

    @operation("SQL", active=any_or_none, shop=shops, name=texts)
    def rename_shop(self, active: Shop | None, shop: Shop, name: str) -> None:
        with inside(active):
            renamed = self.run("UPDATE tenants SET name = %s WHERE id = %s", name, shop.tenant.pk)
        assert renamed.rowcount == (shop is active)
        self.may_change = active

    @operation("SQL", visits=st.lists(any_or_none, min_size=2, max_size=4), is_undone=st.booleans())
    def take_turns_in_a_transaction(self, visits: list[Shop | None], is_undone: bool) -> None:
        with transaction.atomic(using=self.alias):
            for active in visits:
                with inside(active), transaction.atomic(using=self.alias):
                    found = self.run("SELECT id FROM products FOR UPDATE").rowcount
                assert found == (len(active.rows["products"]) if active else 0)
            transaction.set_rollback(is_undone, using=self.alias)

    def run(self, statement: str, *parameters: Any) -> Any:
        cursor = connections[self.alias].cursor()
        cursor.execute(statement, parameters)
        return cursor


@contextmanager
def refused_by_postgresql(is_refused: bool) -> Iterator[None]:
    if is_refused:
        with pytest.raises(DatabaseError), transaction.atomic():
            yield
    else:
        yield
