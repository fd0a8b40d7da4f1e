"""Raw SQL, which only row-level security restricts."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db.models.expressions import RawSQL
from psycopg2.extras import Json

from tests.isolation.fixtures import Fixtures, has_id
from tests.isolation.operations.table import operation


# Django's raw() does not support composite primary keys.
@operation(applies_to=has_id, is_stopped_by_orm=False)
def raw_queryset(fixtures: Fixtures) -> object:
    statement = f"SELECT * FROM {fixtures.table}"
    return fixtures.their in list(fixtures.model.objects.db_manager(fixtures.alias).raw(statement))


@operation(is_stopped_by_orm=False)
def raw_annotation(fixtures: Fixtures) -> object:
    theirs = RawSQL(
        f"(SELECT count(*) FROM {fixtures.table} WHERE {fixtures.primary_key} = %s)",
        [fixtures.their.pk],
    )
    return fixtures.rows.annotate(seen=theirs).filter(seen=1).exists()


@operation(is_stopped_by_orm=False)
def raw_condition(fixtures: Fixtures) -> object:
    return fixtures.their in list(fixtures.rows.extra(where=["true) OR (true"]))


@operation(is_stopped_by_orm=False)
def raw_select(fixtures: Fixtures) -> object:
    return fixtures.execute("SELECT 1 FROM {table} WHERE {pk} = %s", fixtures.their.pk).fetchall()


@operation(is_stopped_by_orm=False)
def raw_select_with_row_security_off(fixtures: Fixtures) -> object:
    statement = "SET LOCAL row_security = off; SELECT 1 FROM {table} WHERE {pk} = %s"
    return fixtures.execute(statement, fixtures.their.pk).fetchall()


@operation(is_stopped_by_orm=False)
def raw_update(fixtures: Fixtures) -> None:
    fixtures.execute(
        f"UPDATE {{table}} SET {fixtures.text} = %s WHERE {{pk}} = %s",
        *(fixtures.changed, fixtures.their.pk),
    )


@operation(is_stopped_by_orm=False)
def raw_take_over(fixtures: Fixtures) -> None:
    fixtures.execute(*move_in_sql(fixtures, fixtures.their, fixtures.our))


@operation(is_stopped_by_orm=False)
def raw_give_away(fixtures: Fixtures) -> None:
    fixtures.execute(*move_in_sql(fixtures, fixtures.our, fixtures.their))


@operation(is_stopped_by_orm=False)
def raw_delete(fixtures: Fixtures) -> None:
    fixtures.execute("DELETE FROM {table} WHERE {pk} = %s", fixtures.their.pk)


@operation(is_stopped_by_orm=False)
def raw_insert(fixtures: Fixtures) -> None:
    key = {"id": uuid4()} if has_id(fixtures.model) else {}
    row = fixtures.new(fixtures.their, tenant_id=fixtures.other.pk, **key)
    fields = fixtures.model._meta.concrete_fields
    columns = ", ".join(field.column for field in fields)
    markers = ", ".join("%s" for _ in fields)
    values = [getattr(row, field.attname) for field in fields]
    values = [Json(value) if isinstance(value, dict) else value for value in values]
    fixtures.execute(f"INSERT INTO {{table}} ({columns}) VALUES ({markers})", *values)


@operation(is_stopped_by_orm=False)
def raw_truncate(fixtures: Fixtures) -> None:
    fixtures.execute("TRUNCATE {table} CASCADE")


def move_in_sql(fixtures: Fixtures, row: Any, to: Any) -> list[Any]:
    values = {"tenant_id": to.tenant_id, **fixtures.references_of(to)}
    columns = ", ".join(f"{column} = %s" for column in values)
    return [f"UPDATE {{table}} SET {columns} WHERE {{pk}} = %s", *values.values(), row.pk]
