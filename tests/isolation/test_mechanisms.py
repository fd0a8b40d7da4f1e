"""Each isolation mechanism alone protects one shop's rows from every operation of another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connections
from psycopg2.errors import InsufficientPrivilege, UniqueViolation

from apps.tenants.context import tenant_context
from apps.tenants.exceptions import CrossTenantWrite, NoActiveTenant
from tests.isolation.fixtures import (
    BY_DATABASE,
    BY_ORM,
    NOT_ISOLATED,
    ROWS,
    Fixtures,
    Isolation,
    fingerprint,
    make_fixtures,
    plain_twin,
    referrers,
    tenant_owned_models,
)
from tests.isolation.operations import OPERATIONS, Operation

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)


#: Tried with every operation; the others with one of each kind. test_catalogue.py compares the
#: policies of all tables, and the system checks the managers of all models.
EVERY_OPERATION = "products.Product"
OF_EACH_KIND = {"list_all", "save_ours_as_theirs", "raw_insert"}


def cases(*, stopped_by_orm: bool | None = None) -> Any:
    chosen = [
        pytest.param(
            model._meta.label,
            operation,
            id=f"{model.__name__}-{operation}",
            marks=() if is_core(model, operation) else pytest.mark.exhaustive,
        )
        for model in tenant_owned_models()
        for operation in OPERATIONS
        if operation.applies_to(model) and stopped_by_orm in {None, operation.is_stopped_by_orm}
    ]
    return pytest.mark.parametrize(("label", "operation"), chosen)


def is_core(model: Any, operation: Operation) -> bool:
    return model._meta.label == EVERY_OPERATION or str(operation) in OF_EACH_KIND


def test_operations_of_each_kind_exist():
    assert set(map(str, OPERATIONS)) >= OF_EACH_KIND


def test_every_tenant_owned_model_has_rows_here():
    assert {model._meta.label for model in tenant_owned_models()} == set(ROWS)


def test_app_role_is_neither_owner_nor_superuser():
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, current_user ="
            " (SELECT tableowner FROM pg_tables WHERE tablename = 'users')"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False)


def test_plain_twin_has_no_isolation():
    twins = [plain_twin(label) for label in ROWS]
    for twin in twins:
        assert [type(manager).__module__ for manager in twin._meta.managers] == [
            "django.db.models.manager"
        ]
        assert {twin.save.__module__, twin.delete.__module__, twin.save_base.__module__} == {
            "django.db.models.base"
        }


@cases(stopped_by_orm=True)
def test_orm_isolates_alone(label: str, operation: Operation):
    assert_stopped(operation, label, BY_ORM)


@cases(stopped_by_orm=False)
def test_raw_sql_passes_the_orm(label: str, operation: Operation):
    assert_succeeds(operation, label, BY_ORM)


@cases()
def test_database_isolates_alone(label: str, operation: Operation):
    assert_stopped(operation, label, BY_DATABASE)


@cases()
def test_without_isolation_every_operation_sees_or_harms(label: str, operation: Operation):
    """The control: what the tests above try would succeed."""
    assert_succeeds(operation, label, NOT_ISOLATED)


@cases()
def test_database_shows_nothing_without_a_tenant(label: str, operation: Operation):
    fixtures = fixtures_for(operation, label, BY_DATABASE)
    before = fingerprint(fixtures.other), fingerprint(fixtures.shop)
    assert not attempt(operation, fixtures)
    assert (fingerprint(fixtures.other), fingerprint(fixtures.shop)) == before


@cases(stopped_by_orm=True)
def test_orm_refuses_every_operation_without_a_tenant(label: str, operation: Operation):
    fixtures = fixtures_for(operation, label, BY_ORM)
    before = fingerprint(fixtures.other), fingerprint(fixtures.shop)
    with pytest.raises((NoActiveTenant, CrossTenantWrite)):
        operation.run(fixtures)
    assert (fingerprint(fixtures.other), fingerprint(fixtures.shop)) == before


def fixtures_for(operation: Operation, label: str, isolation: Isolation) -> Fixtures:
    """Return rows, with others that refer to them only for an operation that follows these."""
    return make_fixtures(label, isolation, with_referrers=operation.applies_to is referrers)


def assert_stopped(operation: Operation, label: str, isolation: Isolation) -> None:
    fixtures = fixtures_for(operation, label, isolation)
    before = fingerprint(fixtures.other)
    assert before[fixtures.table][0] == len(fixtures.theirs)
    with tenant_context(fixtures.shop):
        saw = attempt(operation, fixtures)
    assert not saw
    assert fingerprint(fixtures.other) == before


def assert_succeeds(operation: Operation, label: str, isolation: Isolation) -> None:
    fixtures = fixtures_for(operation, label, isolation)
    before = fingerprint(fixtures.other)
    with tenant_context(fixtures.shop):
        saw = operation.run(fixtures)
    assert saw or fingerprint(fixtures.other) != before


def attempt(operation: Operation, fixtures: Fixtures) -> object:
    """Run `operation`; a refusal counts as seeing nothing."""
    try:
        return operation.run(fixtures)
    except (ObjectDoesNotExist, CrossTenantWrite):
        return False
    except DatabaseError as error:
        # No cause: Django's own "did not affect any rows".
        if not isinstance(error.__cause__, InsufficientPrivilege | UniqueViolation | None):
            raise
        return False


@pytest.fixture(autouse=True)
def _transactions_are_over() -> Iterator[None]:
    yield
    assert not any(connections[alias].in_atomic_block for alias in ("default", "owner"))
