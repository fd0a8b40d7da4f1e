"""Rules that use the ORM, with any rows and ids, and any shop active or none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import strategies as st

from apps.products.models import Product
from apps.tenants.exceptions import CrossTenantWrite, NoActiveTenant
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
from tests.isolation.machine.memory import MODELS, TEXT, Row, Shop

tables = st.sampled_from(["users", "products"])


class ByORM(Foundation):
    @operation("ORM", active=any_or_none, table=tables, of=shops)
    def find_rows_of(self, active: Shop | None, table: str, of: Shop) -> None:
        with inside(active), refused_without(active):
            found = self.objects(table).filter(tenant_id=of.tenant.pk).values_list("id", flat=True)
            assert set(found) == (set(of.rows[table]) if of is active else set())

    @operation("ORM", active=any_or_none, row=rows)
    def find_row(self, active: Shop | None, row: Row) -> None:
        with inside(active), refused_without(active):
            assert self.objects(row.table).filter(pk=row.id).exists() is row.is_in(active)

    @operation("ORM", active=any_or_none, row=rows, text=texts)
    def update_row(self, active: Shop | None, row: Row, text: str) -> None:
        with inside(active), refused_without(active):
            chosen = self.objects(row.table).filter(pk=row.id)
            assert chosen.update(**{TEXT[row.table]: text}) == row.is_in(active)
            self.foresee_text(active, [row], text)

    @operation("ORM", active=any_or_none, table=tables, text=texts)
    def update_all_rows(self, active: Shop | None, table: str, text: str) -> None:
        with inside(active), refused_without(active):
            changed = self.objects(table).update(**{TEXT[table]: text})
            assert changed == len(active.rows[table])
            self.foresee_text(active, active.rows[table].values(), text)

    @operation("ORM", active=any_or_none, row=rows, text=texts, only_text=st.booleans())
    def save_row(self, active: Shop | None, row: Row, text: str, only_text: bool) -> None:
        instance = fetched(row)
        if instance is None:
            return
        setattr(instance, TEXT[row.table], text)
        only = [TEXT[row.table]] if only_text else None
        with inside(active), refused_unless(row.is_in(active)):
            instance.save(update_fields=only)
            self.foresee_text(active, [row], text)

    @operation("ORM", active=any_or_none, row=products)
    def delete_product(self, active: Shop | None, row: Row) -> None:
        instance = fetched(row)
        if instance is None:
            return
        with inside(active), refused_unless(row.is_in(active)):
            instance.delete()
            self.foresee_end(active, row)

    @operation("ORM", active=any_or_none, row=products)
    def delete_found_product(self, active: Shop | None, row: Row) -> None:
        with inside(active), refused_without(active):
            deleted, _ = self.objects("products").filter(pk=row.id).delete()
            assert deleted == row.is_in(active)
            self.foresee_end(active, row)

    @operation("ORM", active=any_or_none, of=any_or_none, code=codes, by=users, by_id=st.booleans())
    def create_product_for(
        self, active: Shop | None, of: Shop | None, code: str, by: Row, by_id: bool
    ) -> None:
        author = {"added_by_id": by.id} if by_id else {"added_by": fetched(by)}
        owner = {"tenant": of.tenant} if of else {}
        is_right = (
            by.shop is active and of in {active, None} and not by.shop.has("products", code=code)
        )
        with inside(active), refused_unless(is_right):
            made = self.objects("products").create(code=code, name="Made", **author, **owner)
        if is_right:
            self.learn_made(active, made)

    @operation("ORM", active=any_or_none, owners=st.lists(any_or_none, min_size=1, max_size=3))
    def create_many_products(self, active: Shop | None, owners: list[Shop | None]) -> None:
        taken = {row.code for row in active.rows["products"].values()} if active else set()
        free = (f"many-{number}" for number in range(999) if f"many-{number}" not in taken)
        author = next(iter(active.rows["users"])) if active else None
        new = [
            Product(code=next(free), name="Many", added_by_id=author, tenant=of and of.tenant)
            for of in owners
        ]
        is_right = active is not None and {*owners} <= {active, None}
        with inside(active), refused_unless(is_right):
            self.objects("products").bulk_create(new)
        if is_right:
            for made in new:
                self.learn_made(active, made)

    @operation("ORM", active=any_or_none, row=rows, to=shops)
    def move_row(self, active: Shop | None, row: Row, to: Shop) -> None:
        with inside(active), refused_unless(is_right=False):
            self.objects(row.table).filter(pk=row.id).update(tenant=to.tenant)


def fetched(row: Row) -> Any:
    """Return the row as its own shop has it, None if it is gone."""
    with inside(row.shop):
        return MODELS[row.table].objects.filter(pk=row.id).first()


@contextmanager
def refused_without(active: Shop | None) -> Iterator[None]:
    """Have the block refused if no shop is active."""
    if active is not None:
        yield
    else:
        with pytest.raises((NoActiveTenant, CrossTenantWrite)):
            yield


@contextmanager
def refused_unless(is_right: bool) -> Iterator[None]:
    """Have the block refused by the ORM or by PostgreSQL, unless it does what is right."""
    if is_right:
        yield
    else:
        refusals = (CrossTenantWrite, NoActiveTenant, IntegrityError)
        with pytest.raises(refusals), transaction.atomic():
            yield
