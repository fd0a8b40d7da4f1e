from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models.sql import InsertQuery

from apps.tenants.managers import assign_active_tenant


class StatementBatch:
    """Statements that are sent to PostgreSQL as one message, in the order in which they were added.

    Their results are not read. Each message takes both sides longer than a small statement.
    """

    def __init__(self) -> None:
        self._statements: list[str] = []
        self._parameters: list[Any] = []

    def add(self, statement: str, parameters: Sequence[Any]) -> None:
        self._statements.append(statement)
        self._parameters += parameters

    def insert(self, rows: list[Any]) -> None:
        """Insert new rows of one tenant-owned model, as `bulk_create()` does.

        Raise CrossTenantWrite for a row of another tenant.
        """
        if not rows:
            return
        for row in rows:
            assign_active_tenant(row)
        query = InsertQuery(type(rows[0]))
        fields = [each for each in type(rows[0])._meta.concrete_fields if not each.generated]
        query.insert_values(fields, rows)
        for statement, parameters in query.get_compiler(connection=connection).as_sql():
            self.add(statement, parameters)
        for row in rows:
            row._state.adding = False
            row._state.db = connection.alias

    def send(self) -> None:
        """Run the statements, all or none."""
        if self._statements:
            with connection.cursor() as cursor:
                cursor.execute(";\n".join(self._statements), self._parameters)
