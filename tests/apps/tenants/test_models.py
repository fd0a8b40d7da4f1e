from __future__ import annotations

import json
from typing import Any

import pytest
from django.core import serializers
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from psycopg2.errors import InsufficientPrivilege, UniqueViolation

from apps.tenants.context import tenant_context
from apps.tenants.exceptions import CrossTenantWrite, NoActiveTenant
from apps.tenants.models import Tenant
from apps.users.models import User
from tests.apps.tenants.factories import make_tenant

pytestmark = pytest.mark.django_db


def refused(act: Any) -> type[BaseException]:
    """Return the class of PostgreSQL's error for `act`."""
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        act()
    return type(refusal.value.__cause__)


# --- The table of tenants, as the application's role -----------------------------------------


def test_tenant_is_inserted_in_its_context(acme):
    assert Tenant.objects.get(code="acme") == acme
    assert acme.status == "open"
    assert acme.hostname == "acme.localhost"


def test_tenant_is_not_inserted_outside_its_context(acme):
    new = Tenant(code="initech", name="Initech")
    assert refused(lambda: new.save(force_insert=True)) is InsufficientPrivilege
    with tenant_context(acme):
        assert refused(lambda: new.save(force_insert=True)) is InsufficientPrivilege
    with tenant_context(new):
        new.save(force_insert=True)


def test_code_is_unique(acme):
    assert refused(lambda: make_tenant("acme")) is UniqueViolation


@pytest.mark.parametrize("code", ["sh0p-one", "shop-0ne", "sh0p-0ne"])
def test_code_that_looks_like_another_is_refused(code):
    make_tenant("shop-one")
    assert refused(lambda: make_tenant(code)) is UniqueViolation


def test_tenant_cannot_be_deleted(acme):
    with tenant_context(acme):
        rows = Tenant.objects.filter(pk=acme.pk)
        assert refused(lambda: rows._raw_delete(rows.db)) is InsufficientPrivilege


@pytest.mark.parametrize("change", [{"code": "other"}, {"status": "suspended"}, {"id": None}])
def test_operator_column_cannot_be_updated_by_the_application(change, acme):
    with tenant_context(acme):
        rows = Tenant.objects.filter(pk=acme.pk)
        assert refused(lambda: rows.update(**change)) is InsufficientPrivilege


def test_tenant_can_only_change_its_own_name(acme, globex):
    with tenant_context(acme):
        assert Tenant.objects.update(name="Changed") == 1
    names = dict(Tenant.objects.values_list("code", "name"))
    assert names == {"acme": "Changed", "globex": "Globex"}
    assert Tenant.objects.update(name="Renamed") == 0


def test_suspended_tenant_cannot_be_reopened_by_the_application(acme):
    suspended = make_tenant("initech", status="suspended")
    with tenant_context(suspended):
        assert refused(lambda: Tenant.objects.update(status="open")) is InsufficientPrivilege


# --- Rows of a tenant ------------------------------------------------------------------------


def test_bare_instance_can_be_built_outside_any_tenant():
    assert User(email="x@example.com").tenant_id is None


def test_ids_are_time_ordered_uuids(in_acme):
    made = [User.objects.create(email=f"{n}@example.com").pk for n in range(20)]
    assert [pk.version for pk in made] == [7] * 20
    assert sorted(made) == made


def fixture(user: User, **changes: Any) -> list[Any]:
    """Return the objects that loaddata would save for a row like `user`'s."""
    [row] = json.loads(serializers.serialize("json", [user]))
    row["pk"] = None
    row["fields"] |= {"email": "fixture@example.com", **changes}
    return list(serializers.deserialize("json", json.dumps([row])))


def test_fixture_of_another_tenant_is_refused(acme, globex, owner):
    with tenant_context(acme):
        [theirs] = fixture(owner, tenant=str(globex.pk))
        with pytest.raises(CrossTenantWrite):
            theirs.save()


def test_fixture_of_the_active_tenant_is_saved(acme, owner):
    with tenant_context(acme):
        [saved] = fixture(owner)
        saved.save()
        assert User.objects.get(email="fixture@example.com").tenant == acme


def test_fixture_outside_any_tenant_is_refused(acme, owner):
    with tenant_context(acme):
        [saved] = fixture(owner)
    with pytest.raises(NoActiveTenant):
        saved.save()


def test_row_key_is_unique_within_its_tenant(acme, globex):
    for tenant in (acme, globex):
        with tenant_context(tenant):
            User.objects.create(email="same@example.com")
            with pytest.raises(IntegrityError), transaction.atomic():
                User.objects.create(email="same@example.com")


@pytest.mark.parametrize("statement", ["TRUNCATE users", "DROP TABLE users", "CREATE TABLE x ()"])
def test_application_role_cannot_change_the_schema(statement, in_acme):
    with (
        pytest.raises(ProgrammingError) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert isinstance(refusal.value.__cause__, InsufficientPrivilege)


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE galleria_owner",
        "SET SESSION AUTHORIZATION galleria_owner",
        "ALTER ROLE CURRENT_USER BYPASSRLS",
        "ALTER TABLE users DISABLE ROW LEVEL SECURITY",
        "DROP POLICY users_user_own_rows ON users",
        "CREATE POLICY x ON users USING (true)",
        "ALTER TABLE users DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE FUNCTION x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TEMPORARY TABLE users (id uuid)",
        "COPY users TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_application_role_cannot_disable_the_isolation(statement, in_acme):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
