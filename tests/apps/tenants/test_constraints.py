from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections, migrations, models, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps
from django.utils.module_loading import import_string

from apps.tenants.constraints import (
    RowLevelSecurity,
    TenantReference,
    TenantTableRowLevelSecurity,
)
from apps.tenants.fields import TenantForeignKey
from apps.tenants.models import TenantOwnedModel
from apps.users.models import User

WALLS = [
    RowLevelSecurity(name="own_rows"),
    TenantTableRowLevelSecurity(name="registry"),
    TenantReference(field="parent", name="in_tenant"),
]
every_wall = pytest.mark.parametrize("wall", WALLS, ids=lambda wall: type(wall).__name__)


# --- In migrations ---------------------------------------------------------------------------


@every_wall
def test_deconstruction_makes_an_equal_wall(wall):
    path, args, kwargs = wall.deconstruct()
    again = import_string(path)(*args, **kwargs)
    assert again == wall
    assert hash(again) == hash(wall)
    assert path == f"apps.tenants.constraints.{type(wall).__name__}"


@every_wall
def test_migration_can_be_written_and_read(wall):
    text, imports = MigrationWriter.serialize(wall)
    scope: dict[str, Any] = {}
    exec("\n".join([*imports, f"again = {text}"]), scope)
    assert scope["again"] == wall


def test_walls_differ_by_all_they_say():
    assert RowLevelSecurity(name="a") != RowLevelSecurity(name="b")
    assert RowLevelSecurity(name="a") != TenantTableRowLevelSecurity(name="a")
    assert TenantReference(field="a", name="x") != TenantReference(field="b", name="x")
    assert RowLevelSecurity(name="a") != "a"


@every_wall
def test_wall_leaves_validation_to_postgresql(wall):
    assert wall.validate(User, User()) is None


def test_reference_says_its_field_and_its_path_in_migrations():
    field = TenantForeignKey(User, models.CASCADE)
    _, path, _, kwargs = field.deconstruct()
    assert path == "apps.tenants.fields.TenantForeignKey"
    assert "db_constraint" not in kwargs
    assert field.db_constraint is False
    assert field.clone().db_constraint is False


@pytest.mark.django_db(databases=["default", "owner"])
def test_project_lacks_no_migration():
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def changes(before: list[ModelState], after: list[ModelState]) -> list[Any]:
    states = [ProjectState(), ProjectState()]
    for state, models_of_state in zip(states, (before, after), strict=True):
        state.add_model(ModelState.from_model(User))
        for model_state in models_of_state:
            state.add_model(model_state)
    found = MigrationAutodetector(*states)._detect_changes()
    return [operation for made in found.get("tenants", []) for operation in made.operations]


def thing(**fields: Any) -> Any:
    meta = type("Meta", (TenantOwnedModel.Meta,), {"app_label": "tenants", "db_table": "things"})
    body = {"__module__": __name__, "Meta": meta, **fields}
    return type(models.Model)("Thing", (TenantOwnedModel,), body)


@isolate_apps("apps.tenants")
def test_makemigrations_finds_the_walls_of_a_new_model():
    state = ModelState.from_model(thing(parent=TenantForeignKey("self", models.CASCADE)))
    [create, *_] = changes([], [state])
    assert isinstance(create, migrations.CreateModel)
    walls = {type(wall): wall.name for wall in create.options["constraints"]}
    assert walls[RowLevelSecurity] == "tenants_thing_own_rows"
    assert walls[TenantReference] == "tenants_thing_parent_in_tenant"
    assert walls[models.UniqueConstraint] == "tenants_thing_tenant_id"


@isolate_apps("apps.tenants")
def test_makemigrations_finds_a_forgotten_wall():
    state = ModelState.from_model(thing())
    bare = state.clone()
    bare.options["constraints"] = []
    operations = changes([bare], [state])
    assert [type(operation) for operation in operations] == [migrations.AddConstraint] * 2
    assert TenantOwnedModel.Meta.constraints[0].name == "%(app_label)s_%(class)s_own_rows"
    assert [operation.constraint.name for operation in operations] == [
        "tenants_thing_own_rows",
        "tenants_thing_tenant_id",
    ]


@isolate_apps("apps.tenants")
def test_makemigrations_finds_nothing_in_a_model_as_it_was():
    state = ModelState.from_model(thing(parent=TenantForeignKey("self", models.CASCADE)))
    assert changes([state], [state.clone()]) == []


@isolate_apps("apps.tenants")
def test_names_fit_postgresql():
    name = "a_very_long_name_of_a_reference_that_somebody_thought_was_a_good_one"
    made = thing(**{name: TenantForeignKey("self", models.CASCADE)})
    [wall] = [wall for wall in made._meta.constraints if isinstance(wall, TenantReference)]
    assert len(wall.name.encode()) <= 63


# --- In PostgreSQL ---------------------------------------------------------------------------


@pytest.fixture
def undone(db: None) -> Iterator[Any]:
    """The owner's connection, in a transaction that comes to nothing."""
    with transaction.atomic(using="owner"):
        yield connections["owner"]
        transaction.set_rollback(True, using="owner")


in_postgresql = pytest.mark.django_db(databases=["default", "owner"])


def ask(connection: Any, query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def row_security(connection: Any, table: str = "things") -> list[Any]:
    return ask(
        connection,
        "SELECT relrowsecurity, relforcerowsecurity, array(SELECT polname::text FROM pg_policy"
        f" WHERE polrelid = c.oid ORDER BY 1) FROM pg_class c WHERE relname = '{table}'",
    )


def composite_keys(connection: Any) -> list[Any]:
    return ask(
        connection,
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'things'::regclass AND conname LIKE '%%in_tenant'",
    )


@in_postgresql
@isolate_apps("apps.tenants")
def test_new_table_has_all_walls(undone):
    with undone.schema_editor() as editor:
        editor.create_model(thing(owner=TenantForeignKey(User, models.CASCADE, related_name="+")))
    assert row_security(undone) == [(True, True, ["tenants_thing_own_rows"])]
    assert composite_keys(undone) == [
        (
            "FOREIGN KEY (tenant_id, owner_id) REFERENCES users(tenant_id, id)"
            " DEFERRABLE INITIALLY DEFERRED",
        )
    ]


@in_postgresql
@isolate_apps("apps.tenants")
@pytest.mark.parametrize("position", [0, 1, 2])
def test_wall_can_be_removed_and_added_again(position, undone):
    made = thing(owner=TenantForeignKey(User, models.CASCADE, related_name="+"))
    with undone.schema_editor() as editor:
        editor.create_model(made)
    wall = made._meta.constraints[position]
    before = (row_security(undone), composite_keys(undone))
    with undone.schema_editor() as editor:
        editor.remove_constraint(made, wall)
    if isinstance(wall, RowLevelSecurity):
        assert row_security(undone) == [(False, False, [])]
    if isinstance(wall, TenantReference):
        assert composite_keys(undone) == []
    with undone.schema_editor() as editor:
        editor.add_constraint(made, wall)
    assert (row_security(undone), composite_keys(undone)) == before


@in_postgresql
@isolate_apps("apps.tenants")
def test_registry_policies_can_be_removed_and_added_again(undone):
    from apps.tenants.models import Tenant

    [wall] = Tenant._meta.constraints
    names = ["tenants_access_change", "tenants_access_lookup", "tenants_access_open"]
    assert row_security(undone, "tenants") == [(True, True, names)]
    with undone.schema_editor() as editor:
        editor.remove_constraint(Tenant, wall)
    assert row_security(undone, "tenants") == [(False, False, [])]
    with undone.schema_editor() as editor:
        editor.add_constraint(Tenant, wall)
    assert row_security(undone, "tenants") == [(True, True, names)]


@in_postgresql
@isolate_apps("apps.tenants")
def test_odd_names_are_quoted(undone):
    made = thing()
    made._meta.db_table = "Odd; -- things"
    wall = RowLevelSecurity(name="Odd; -- rows")
    made._meta.constraints = [wall]
    with undone.schema_editor() as editor:
        editor.create_model(made)
    assert row_security(undone, "Odd; -- things") == [(True, True, ["Odd; -- rows"])]
    with undone.schema_editor() as editor:
        editor.remove_constraint(made, wall)
    assert row_security(undone, "Odd; -- things") == [(False, False, [])]


@in_postgresql
@isolate_apps("apps.tenants")
def test_reference_to_its_own_table_stands(undone):
    with undone.schema_editor() as editor:
        editor.create_model(thing(parent=TenantForeignKey("self", models.CASCADE)))
    assert composite_keys(undone) == [
        (
            "FOREIGN KEY (tenant_id, parent_id) REFERENCES things(tenant_id, id)"
            " DEFERRABLE INITIALLY DEFERRED",
        )
    ]


@in_postgresql
@isolate_apps("apps.tenants")
def test_table_can_be_deleted_with_its_walls(undone):
    made = thing(parent=TenantForeignKey("self", models.CASCADE))
    with undone.schema_editor() as editor:
        editor.create_model(made)
    with undone.schema_editor() as editor:
        editor.delete_model(made)
    assert row_security(undone) == []


@in_postgresql
@isolate_apps("apps.tenants")
def test_reference_added_later_stands(undone):
    """What AddField and AddConstraint make of a TenantForeignKey on a model that exists."""
    plain = thing()
    field = TenantForeignKey(User, models.CASCADE, null=True, related_name="+")
    with undone.schema_editor() as editor:
        editor.create_model(plain)
    field.contribute_to_class(plain, "owner")
    wall = TenantReference(field="owner", name="late_in_tenant")
    with undone.schema_editor() as editor:
        editor.add_field(plain, field)
        editor.add_constraint(plain, wall)
    assert len(composite_keys(undone)) == 1
