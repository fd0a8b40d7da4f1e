"""The model: the expected rows of every shop."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.products.models import Product
from apps.tenants.models import Tenant
from apps.users.models import MANAGEMENT, TEAM, User

MODELS: dict[str, Any] = {"users": User, "products": Product}
#: The columns that the machine foresees.
COLUMNS = {
    "users": ("email", "first_name", "role", "is_active"),
    "products": ("code", "name", "status", "added_by_id"),
}
#: Of each table, a text that anything may be written into.
TEXT = {"users": "first_name", "products": "name"}


#: Values by table and id.
Contents = dict[str, dict[UUID, tuple[Any, ...]]]


class Row:
    """A row of a shop, which stays known when it is gone."""

    def __init__(self, shop: Shop, table: str, id_: UUID, values: dict[str, Any]) -> None:
        self.shop, self.table, self.id, self.values = shop, table, id_, values

    def __repr__(self) -> str:
        return f"{self.shop}/{self.table}/{self.values[COLUMNS[self.table][0]]}"

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def is_in(self, shop: Shop | None) -> bool:
        """Return True if it exists in this shop."""
        return self.shop is shop and self.id in self.shop.rows[self.table]

    def write(self, text: str) -> None:
        self.values[TEXT[self.table]] = text

    def vanish(self) -> None:
        del self.shop.rows[self.table][self.id]

    @property
    def is_team(self) -> bool:
        return self.role in TEAM

    @property
    def is_management(self) -> bool:
        return self.role in MANAGEMENT


class Shop:
    """A shop, and its rows by table and id."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.rows: dict[str, dict[UUID, Row]] = {table: {} for table in COLUMNS}

    def __repr__(self) -> str:
        return self.tenant.code

    def add(self, table: str, id_: UUID | str, **values: Any) -> Row:
        row = Row(self, table, UUID(str(id_)), values)
        self.rows[table][row.id] = row
        return row

    def has(self, table: str, **values: Any) -> bool:
        return any(values.items() <= row.values.items() for row in self.rows[table].values())

    def is_last_owner(self, person: Row) -> bool:
        active = [p for p in self.rows["users"].values() if p.role == "owner" and p.is_active]
        return active == [person]

    def contents(self) -> Contents:
        return {
            table: {id_: tuple(row.values[c] for c in COLUMNS[table]) for id_, row in rows.items()}
            for table, rows in self.rows.items()
        }
