from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault

from apps.tenants.managers import assign_active_tenant


class StatementBatch:
    """Statements that are sent to PostgreSQL as one message, in the order in which they were added.

    Each message takes both sides longer than a small statement.
    """

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        self._connection = connections[using]
        self._statements: list[str] = []
        self._parameters: list[Any] = []

    def add(self, statement: str, parameters: Sequence[Any]) -> None:
        self._statements.append(statement)
        self._parameters += parameters

    def insert(self, rows: Sequence[Any]) -> None:
        """Insert new rows of one tenant-owned model, as `bulk_create()` does.

        Raise CrossTenantWrite for a row of another tenant.
        """
        if not rows:
            return
        for row in rows:
            assign_active_tenant(row)
        model: Any = type(rows[0])
        head, fields = _insertion(model)
        places = []
        for row in rows:
            values = [field.pre_save(row, add=True) for field in fields]
            places.append(", ".join(map(_place_of, values)))
            self._parameters += [
                field.get_db_prep_save(value, self._connection)
                for field, value in zip(fields, values, strict=True)
                if not isinstance(value, DatabaseDefault)
            ]
            row._state.adding = False
            row._state.db = self._connection.alias
        self._statements.append(f"{head} VALUES ({'), ('.join(places)})")

    def send(self) -> list[tuple[Any, ...]]:
        """Run the statements, all or none, and return the rows of the last one."""
        if not self._statements:
            return []
        with self._connection.cursor() as cursor:
            cursor.execute(";\n".join(self._statements), self._parameters)
            return cursor.fetchall() if cursor.description else []


@cache
def _insertion(model: type[Model]) -> tuple[str, list[Any]]:
    """Return the beginning of a statement, and the fields whose columns it names.

    Django's compiler takes several times as long for the same statement.
    """
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return f'INSERT INTO "{model._meta.db_table}" ({columns})', fields


def _place_of(value: Any) -> str:
    return "DEFAULT" if isinstance(value, DatabaseDefault) else "%s"
