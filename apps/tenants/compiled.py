from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models.sql.compiler import SQLCompiler
from django.utils.functional import cached_property


class Placeholder:
    """A parameter of a compiled statement, whose value is given when the statement runs."""

    def __init__(self, name: str) -> None:
        self.name = name


class Parameter(models.Expression):
    """A value in the queryset of a CompiledQuery, given by name when the query runs."""

    def __init__(self, name: str, output_field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (Placeholder(self.name),)


class CompiledQuery:
    """A queryset of `values_list()` that is compiled once in a process and then only run.

    `build` is called for the first run and returns the queryset. Compiling a query often takes
    longer than PostgreSQL takes to answer it. The statement is the same for all tenants: like any
    other, it is filtered by the tenant that is active when it runs.
    """

    def __init__(self, build: Callable[[], models.QuerySet[Any]]) -> None:
        self._build = build

    def rows(self, **values: Any) -> list[Any]:
        """Run the query with the values of its Parameters, and return its rows."""
        if self._statement is None:
            return []
        sql, parameters, compiler, converters = self._statement
        given = [values[p.name] if isinstance(p, Placeholder) else p for p in parameters]
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            rows = cursor.fetchall()
        return list(compiler.apply_converters(rows, converters)) if converters else rows

    @cached_property
    def _statement(self) -> Any:
        """The SQL with its parameters and what converts its rows; None if it returns no rows."""
        compiler = self._build().query.get_compiler(connection=connection)
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            return None
        converters = compiler.get_converters([column for column, _, _ in compiler.select])
        return sql, parameters, compiler, converters
