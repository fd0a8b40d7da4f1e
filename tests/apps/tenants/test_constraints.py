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

CONSTRAINTS = [
    RowLevelSecurity(name="own_rows"),
    TenantTableRowLevelSecurity(name="tenants"),
    TenantReference(field="parent", name="in_tenant"),
]
every_constraint = pytest.mark.parametrize(
    "constraint", CONSTRAINTS, ids=lambda each: type(each).__name__
)


# --- In migrations ---------------------------------------------------------------------------


@every_constraint
def test_deconstructed_constraint_equals_the_original(constraint):
    path, args, kwargs = constraint.deconstruct()
    again = import_string(path)(*args, **kwargs)
    assert again == constraint
    assert hash(again) == hash(constraint)
    assert path == f"apps.tenants.constraints.{type(constraint).__name__}"


@every_constraint
def test_constraint_survives_serialization(constraint):
    text, imports = MigrationWriter.serialize(constraint)
    scope: dict[str, Any] = {}
    exec("\n".join([*imports, f"again = {text}"]), scope)
    assert scope["again"] == constraint


def test_constraints_differ_by_class_name_and_field():
    assert RowLevelSecurity(name="a") != RowLevelSecurity(name="b")
    assert RowLevelSecurity(name="a") != TenantTableRowLevelSecurity(name="a")
    assert TenantReference(field="a", name="x") != TenantReference(field="b", name="x")
    assert RowLevelSecurity(name="a") != "a"


@every_constraint
def test_constraint_is_not_validated_in_python(constraint):
    assert constraint.validate(User, User()) is None


def test_reference_deconstructs_to_its_field_and_path():
    field = TenantForeignKey(User, models.CASCADE)
    _, path, _, kwargs = field.deconstruct()
    assert path == "apps.tenants.fields.TenantForeignKey"
    assert "db_constraint" not in kwargs
    assert field.db_constraint is False
    assert field.clone().db_constraint is False


@pytest.mark.django_db(databases=["default", "owner"])
def test_project_has_no_missing_migration():
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
def test_makemigrations_adds_the_constraints_of_a_new_model():
    state = ModelState.from_model(thing(parent=TenantForeignKey("self", models.CASCADE)))
    [create, *_] = changes([], [state])
    assert isinstance(create, migrations.CreateModel)
    names = {type(each): each.name for each in create.options["constraints"]}
    assert names[RowLevelSecurity] == "tenants_thing_own_rows"
    assert names[TenantReference] == "tenants_thing_parent_in_tenant"
    assert names[models.UniqueConstraint] == "tenants_thing_tenant_id"


@isolate_apps("apps.tenants")
def test_makemigrations_adds_a_missing_constraint():
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
def test_makemigrations_finds_no_change_in_an_unchanged_model():
    state = ModelState.from_model(thing(parent=TenantForeignKey("self", models.CASCADE)))
    assert changes([state], [state.clone()]) == []


@isolate_apps("apps.tenants")
def test_long_constraint_names_are_truncated():
    name = "a_very_long_name_of_a_reference_that_exceeds_the_limit_of_postgresql"
    made = thing(**{name: TenantForeignKey("self", models.CASCADE)})
    [constraint] = [c for c in made._meta.constraints if isinstance(c, TenantReference)]
    assert len(constraint.name.encode()) <= 63


# --- In PostgreSQL ---------------------------------------------------------------------------


@pytest.fixture
def rolled_back(db: None) -> Iterator[Any]:
    """The owner's connection, in a transaction that is rolled back."""
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
def test_new_table_has_all_constraints(rolled_back):
    with rolled_back.schema_editor() as editor:
        editor.create_model(thing(owner=TenantForeignKey(User, models.CASCADE, related_name="+")))
    assert row_security(rolled_back) == [(True, True, ["tenants_thing_own_rows"])]
    assert composite_keys(rolled_back) == [
        (
            "FOREIGN KEY (tenant_id, owner_id) REFERENCES users(tenant_id, id)"
            " DEFERRABLE INITIALLY DEFERRED",
        )
    ]


@in_postgresql
@isolate_apps("apps.tenants")
@pytest.mark.parametrize("position", [0, 1, 2])
def test_constraint_can_be_removed_and_added_again(position, rolled_back):
    made = thing(owner=TenantForeignKey(User, models.CASCADE, related_name="+"))
    with rolled_back.schema_editor() as editor:
        editor.create_model(made)
    constraint = made._meta.constraints[position]
    before = (row_security(rolled_back), composite_keys(rolled_back))
    with rolled_back.schema_editor() as editor:
        editor.remove_constraint(made, constraint)
    if isinstance(constraint, RowLevelSecurity):
        assert row_security(rolled_back) == [(False, False, [])]
    if isinstance(constraint, TenantReference):
        assert composite_keys(rolled_back) == []
    with rolled_back.schema_editor() as editor:
        editor.add_constraint(made, constraint)
    assert (row_security(rolled_back), composite_keys(rolled_back)) == before


@in_postgresql
@isolate_apps("apps.tenants")
def test_policies_of_tenants_can_be_removed_and_added_again(rolled_back):
    from apps.tenants.models import Tenant

    [constraint] = Tenant._meta.constraints
    names = ["tenants_access_change", "tenants_access_lookup", "tenants_access_open"]
    assert row_security(rolled_back, "tenants") == [(True, True, names)]
    with rolled_back.schema_editor() as editor:
        editor.remove_constraint(Tenant, constraint)
    assert row_security(rolled_back, "tenants") == [(False, False, [])]
    with rolled_back.schema_editor() as editor:
        editor.add_constraint(Tenant, constraint)
    assert row_security(rolled_back, "tenants") == [(True, True, names)]


@in_postgresql
@isolate_apps("apps.tenants")
def test_unusual_names_are_quoted(rolled_back):
    made = thing()
    made._meta.db_table = "Odd; -- things"
    constraint = RowLevelSecurity(name="Odd; -- rows")
    made._meta.constraints = [constraint]
    with rolled_back.schema_editor() as editor:
        editor.create_model(made)
    assert row_security(rolled_back, "Odd; -- things") == [(True, True, ["Odd; -- rows"])]
    with rolled_back.schema_editor() as editor:
        editor.remove_constraint(made, constraint)
    assert row_security(rolled_back, "Odd; -- things") == [(False, False, [])]


@in_postgresql
@isolate_apps("apps.tenants")
def test_self_reference_is_composite(rolled_back):
    with rolled_back.schema_editor() as editor:
        editor.create_model(thing(parent=TenantForeignKey("self", models.CASCADE)))
    assert composite_keys(rolled_back) == [
        (
            "FOREIGN KEY (tenant_id, parent_id) REFERENCES things(tenant_id, id)"
            " DEFERRABLE INITIALLY DEFERRED",
        )
    ]


@in_postgresql
@isolate_apps("apps.tenants")
def test_table_can_be_deleted_with_its_constraints(rolled_back):
    made = thing(parent=TenantForeignKey("self", models.CASCADE))
    with rolled_back.schema_editor() as editor:
        editor.create_model(made)
    with rolled_back.schema_editor() as editor:
        editor.delete_model(made)
    assert row_security(rolled_back) == []


@in_postgresql
@isolate_apps("apps.tenants")
def test_reference_added_to_an_existing_table_is_enforced(rolled_back):
    """AddField and AddConstraint of a TenantForeignKey on an existing model."""
    plain = thing()
    field = TenantForeignKey(User, models.CASCADE, null=True, related_name="+")
    with rolled_back.schema_editor() as editor:
        editor.create_model(plain)
    field.contribute_to_class(plain, "owner")
    constraint = TenantReference(field="owner", name="late_in_tenant")
    with rolled_back.schema_editor() as editor:
        editor.add_field(plain, field)
        editor.add_constraint(plain, constraint)
    assert len(composite_keys(rolled_back)) == 1
