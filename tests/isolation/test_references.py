"""A reference never leaves its shop, by PostgreSQL's own word: its checks ignore every policy."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connections, transaction
from psycopg2.errors import ForeignKeyViolation

from apps.tenants.context import tenant_context
from apps.tenants.exceptions import CrossTenantWrite
from tests.factories import make_product, make_user
from tests.isolation.scene import (
    NO_WALLS,
    Scene,
    make_scene,
    references,
    tenant_owned_models,
)

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)

REFERENCES = [
    pytest.param(model._meta.label, field.name, id=f"{model.__name__}-{field.name}")
    for model in tenant_owned_models()
    for field in references(model)
]
references_of_all_models = pytest.mark.parametrize(("label", "name"), REFERENCES)


def refer_across(scene: Scene, name: str) -> None:
    """Past the ORM and past the policies, make a row of acme refer to a row of globex."""
    column = scene.model._meta.get_field(name).attname
    scene.rows.filter(pk=scene.our.pk).update(**{column: getattr(scene.their, column)})


@references_of_all_models
def test_reference_to_another_shop_is_refused_by_the_composite_key(label: str, name: str):
    scene = make_scene(label, NO_WALLS)
    with pytest.raises(IntegrityError) as refusal:
        refer_across(scene, name)
    assert isinstance(refusal.value.__cause__, ForeignKeyViolation)


@references_of_all_models
def test_reference_to_another_shop_succeeds_without_the_composite_key(label: str, name: str):
    """The control: within a transaction that is undone, the key is not there."""
    scene = make_scene(label, NO_WALLS)
    with connections["owner"].cursor() as cursor, transaction.atomic(using="owner"):
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND conname LIKE %s",
            [scene.table, f"%_{name}_in_tenant"],
        )
        [(constraint,)] = cursor.fetchall()
        cursor.execute(f"ALTER TABLE {scene.table} DROP CONSTRAINT {constraint}")
        refer_across(scene, name)
        connections["owner"].check_constraints()
        transaction.set_rollback(True, using="owner")


def test_assigned_instance_of_another_shop_is_refused_before_sql(acme, globex):
    with tenant_context(globex):
        stranger = make_user()
    with tenant_context(acme), pytest.raises(CrossTenantWrite):
        make_product(added_by=stranger)
    with tenant_context(globex):
        assert make_product(added_by=stranger).added_by == stranger


def test_bare_id_of_another_shop_is_refused_by_postgresql(acme, globex):
    with tenant_context(globex):
        stranger = make_user()
    with tenant_context(acme):
        mine = make_product()
        mine.added_by_id = stranger.pk
        with pytest.raises(IntegrityError) as refusal:
            mine.save()
    assert isinstance(refusal.value.__cause__, ForeignKeyViolation)
