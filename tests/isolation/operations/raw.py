"""Raw SQL: nothing but PostgreSQL stands in its way."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db.models.expressions import RawSQL
from psycopg2.extras import Json

from tests.isolation.operations.registry import operation
from tests.isolation.scene import Scene


@operation(is_stopped_by_orm=False)
def raw_queryset(scene: Scene) -> object:
    statement = f"SELECT * FROM {scene.table}"
    return scene.their in list(scene.model.objects.db_manager(scene.alias).raw(statement))


@operation(is_stopped_by_orm=False)
def raw_annotation(scene: Scene) -> object:
    theirs = RawSQL(f"(SELECT count(*) FROM {scene.table} WHERE id = %s)", [scene.their.pk])
    return scene.rows.annotate(seen=theirs).filter(seen=1).exists()


@operation(is_stopped_by_orm=False)
def raw_condition(scene: Scene) -> object:
    return scene.their in list(scene.rows.extra(where=["true) OR (true"]))


@operation(is_stopped_by_orm=False)
def raw_select(scene: Scene) -> object:
    return scene.execute("SELECT 1 FROM {table} WHERE id = %s", scene.their.pk).fetchall()


@operation(is_stopped_by_orm=False)
def raw_select_with_row_security_off(scene: Scene) -> object:
    statement = "SET LOCAL row_security = off; SELECT 1 FROM {table} WHERE id = %s"
    return scene.execute(statement, scene.their.pk).fetchall()


@operation(is_stopped_by_orm=False)
def raw_update(scene: Scene) -> None:
    scene.execute(f"UPDATE {{table}} SET {scene.text} = 'harmed' WHERE id = %s", scene.their.pk)


@operation(is_stopped_by_orm=False)
def raw_take_over(scene: Scene) -> None:
    scene.execute(*move_in_sql(scene, scene.their, scene.our))


@operation(is_stopped_by_orm=False)
def raw_give_away(scene: Scene) -> None:
    scene.execute(*move_in_sql(scene, scene.our, scene.their))


@operation(is_stopped_by_orm=False)
def raw_delete(scene: Scene) -> None:
    scene.execute("DELETE FROM {table} WHERE id = %s", scene.their.pk)


@operation(is_stopped_by_orm=False)
def raw_insert(scene: Scene) -> None:
    row = scene.new(scene.their, tenant_id=scene.other.pk, id=uuid4())
    fields = scene.model._meta.concrete_fields
    columns = ", ".join(field.column for field in fields)
    markers = ", ".join("%s" for _ in fields)
    values = [getattr(row, field.attname) for field in fields]
    values = [Json(value) if isinstance(value, dict) else value for value in values]
    scene.execute(f"INSERT INTO {{table}} ({columns}) VALUES ({markers})", *values)


@operation(is_stopped_by_orm=False)
def raw_truncate(scene: Scene) -> None:
    scene.execute("TRUNCATE {table} CASCADE")


def move_in_sql(scene: Scene, row: Any, to: Any) -> list[Any]:
    values = {"tenant_id": to.tenant_id, **scene.references_of(to)}
    columns = ", ".join(f"{column} = %s" for column in values)
    return [f"UPDATE {{table}} SET {columns} WHERE id = %s", *values.values(), row.pk]
