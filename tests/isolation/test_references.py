"""A reference never leaves its shop, by PostgreSQL's own word: its checks ignore every policy."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connections, transaction
from psycopg2.errors import ForeignKeyViolation

from apps.tenants.context import tenant_context
from apps.tenants.exceptions import CrossTenantWrite
from tests.apps.products.factories import make_product
from tests.apps.users.factories import make_user
from tests.isolation.fixtures import (
    NOT_ISOLATED,
    Fixtures,
    make_fixtures,
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


def refer_across(fixtures: Fixtures, name: str) -> None:
    """Past the ORM and past the policies, make a row of acme refer to a row of globex."""
    column = fixtures.model._meta.get_field(name).attname
    fixtures.rows.filter(pk=fixtures.our.pk).update(**{column: getattr(fixtures.their, column)})


@references_of_all_models
def test_reference_to_another_shop_is_refused_by_the_composite_key(label: str, name: str):
    fixtures = make_fixtures(label, NOT_ISOLATED)
    with pytest.raises(IntegrityError) as refusal:
        refer_across(fixtures, name)
    assert isinstance(refusal.value.__cause__, ForeignKeyViolation)


@references_of_all_models
def test_reference_to_another_shop_succeeds_without_the_composite_key(label: str, name: str):
    """The control: within a transaction that is undone, the key is not there."""
    fixtures = make_fixtures(label, NOT_ISOLATED)
    with connections["owner"].cursor() as cursor, transaction.atomic(using="owner"):
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND conname LIKE %s",
            [fixtures.table, f"%_{name}_in_tenant"],
        )
        [(constraint,)] = cursor.fetchall()
        cursor.execute(f"ALTER TABLE {fixtures.table} DROP CONSTRAINT {constraint}")
        refer_across(fixtures, name)
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
