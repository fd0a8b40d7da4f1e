from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import StringIO

import psycopg2
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from apps.embedded_postgres.roles import APP_ROLE, DATABASE, SUPERUSER
from apps.tenants import isolation
from apps.tenants.exceptions import IsolationError
from apps.tenants.introspection import HINTS
from tests.processes import manage, variables_of_test_database

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)

POLICY = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
COMPOSITE = "products_product_added_by_in_tenant"


@dataclass(frozen=True)
class Violation:
    """A statement that violates the isolation, its repair, and the name that the audit reports."""

    statement: str
    repair: str
    named: str


def added(statement: str, repair: str, named: str = "users") -> Violation:
    return Violation(statement, repair, named)


VIOLATIONS = {
    "policy_dropped": Violation(
        "DROP POLICY users_user_own_rows ON users",
        f"CREATE POLICY users_user_own_rows ON users USING ({POLICY}) WITH CHECK ({POLICY})",
        "users",
    ),
    "policy_that_lets_all_read": Violation(
        "ALTER POLICY products_product_own_rows ON products USING (true)",
        f"ALTER POLICY products_product_own_rows ON products USING ({POLICY})",
        "products",
    ),
    "policy_that_lets_all_write": Violation(
        "ALTER POLICY products_product_own_rows ON products WITH CHECK (true)",
        f"ALTER POLICY products_product_own_rows ON products WITH CHECK ({POLICY})",
        "products",
    ),
    "policy_with_an_or": Violation(
        f"ALTER POLICY users_user_own_rows ON users USING ({POLICY} OR role = 'owner')",
        f"ALTER POLICY users_user_own_rows ON users USING ({POLICY})",
        "users",
    ),
    "policy_for_one_role": Violation(
        "ALTER POLICY users_user_own_rows ON users TO {role}",
        "ALTER POLICY users_user_own_rows ON users TO PUBLIC",
        "users",
    ),
    "policy_added": added(
        "CREATE POLICY extra ON users FOR SELECT USING (true)", "DROP POLICY extra ON users"
    ),
    "policy_of_tenants": Violation(
        "ALTER POLICY tenants_access_change ON tenants USING (true)",
        "ALTER POLICY tenants_access_change ON tenants"
        f" USING ({POLICY.replace('tenant_id', 'id', 1)})",
        "tenants",
    ),
    "force_removed": Violation(
        "ALTER TABLE users NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE users FORCE ROW LEVEL SECURITY",
        "users",
    ),
    "row_security_disabled": Violation(
        "ALTER TABLE products DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE products ENABLE ROW LEVEL SECURITY",
        "products",
    ),
    "tenant_that_may_be_null": Violation(
        "ALTER TABLE users ALTER tenant_id DROP NOT NULL",
        "ALTER TABLE users ALTER tenant_id SET NOT NULL",
        "users",
    ),
    "composite_key_dropped": Violation(
        f"ALTER TABLE products RENAME CONSTRAINT {COMPOSITE} TO something",
        f"ALTER TABLE products RENAME CONSTRAINT something TO {COMPOSITE}",
        COMPOSITE,
    ),
    "plain_key_added": added(
        "ALTER TABLE products ADD CONSTRAINT plain FOREIGN KEY (added_by_id) REFERENCES users (id)",
        "ALTER TABLE products DROP CONSTRAINT plain",
        "products",
    ),
    "unique_key_without_tenant": added(
        "CREATE UNIQUE INDEX one_email ON users (email)", "DROP INDEX one_email"
    ),
    "unique_key_with_tenant_last": added(
        "CREATE UNIQUE INDEX one_email ON users (email, tenant_id)", "DROP INDEX one_email"
    ),
    "primary_key_with_tenant_last": Violation(
        "ALTER TABLE search_spellings DROP CONSTRAINT search_spellings_pkey,"
        " ADD PRIMARY KEY (word, spelling, tenant_id)",
        "ALTER TABLE search_spellings DROP CONSTRAINT search_spellings_pkey,"
        " ADD PRIMARY KEY (tenant_id, spelling, word)",
        "search_spellings",
    ),
    "composite_key_that_implies_the_tenant": Violation(
        "ALTER TABLE search_words RENAME CONSTRAINT products_searchword_product_in_tenant TO x",
        "ALTER TABLE search_words RENAME CONSTRAINT x TO products_searchword_product_in_tenant",
        "products_searchword_product_in_tenant",
    ),
    "unique_key_of_an_expression": added(
        "CREATE UNIQUE INDEX one_email ON users (lower(email), tenant_id)", "DROP INDEX one_email"
    ),
    "privilege_to_truncate": added(
        "GRANT TRUNCATE ON users TO {role}", "REVOKE TRUNCATE ON users FROM {role}"
    ),
    "privilege_to_close_shops": Violation(
        "GRANT DELETE ON tenants TO {role}", "REVOKE DELETE ON tenants FROM {role}", "tenants"
    ),
    "privilege_on_a_column": Violation(
        "GRANT UPDATE (status) ON tenants TO {role}",
        "REVOKE UPDATE (status) ON tenants FROM {role}",
        "tenants",
    ),
    "privilege_revoked": Violation(
        "REVOKE DELETE ON products FROM {role}", "GRANT DELETE ON products TO {role}", "products"
    ),
    "privilege_for_public": added(
        "GRANT SELECT ON users TO PUBLIC", "REVOKE SELECT ON users FROM PUBLIC"
    ),
    "privilege_on_a_column_for_public": added(
        "GRANT SELECT (email) ON users TO PUBLIC", "REVOKE SELECT (email) ON users FROM PUBLIC"
    ),
    "privilege_with_grant_option": added(
        "GRANT SELECT ON users TO {role} WITH GRANT OPTION",
        "REVOKE GRANT OPTION FOR SELECT ON users FROM {role}",
    ),
    "privilege_on_the_schema_for_public": Violation(
        "GRANT USAGE ON SCHEMA public TO PUBLIC",
        "REVOKE USAGE ON SCHEMA public FROM PUBLIC",
        "schema public",
    ),
    "privilege_to_create": Violation(
        "GRANT CREATE ON SCHEMA public TO {role}",
        "REVOKE CREATE ON SCHEMA public FROM {role}",
        "schema public",
    ),
    "table_without_model": Violation(
        "CREATE TABLE stray (id uuid, tenant_id uuid)", "DROP TABLE stray", "stray"
    ),
    "table_missing": Violation(
        "ALTER TABLE products RENAME TO goods", "ALTER TABLE goods RENAME TO products", "products"
    ),
    "view": Violation("CREATE VIEW peek AS SELECT * FROM users", "DROP VIEW peek", "peek"),
    "materialized_view": Violation(
        "CREATE MATERIALIZED VIEW peek AS SELECT * FROM users",
        "DROP MATERIALIZED VIEW peek",
        "peek",
    ),
    "function_without_search_path": Violation(
        "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
        " AS 'SELECT count(*) FROM users'; REVOKE EXECUTE ON FUNCTION peek FROM PUBLIC",
        "DROP FUNCTION peek",
        "peek",
    ),
    "function_for_public": Violation(
        "CREATE FUNCTION peek() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        " GRANT EXECUTE ON FUNCTION peek TO PUBLIC",
        "DROP FUNCTION peek",
        "peek",
    ),
    # Each of the following crosses shops while all named policies and constraints exist.
    "function_of_the_owner": Violation(
        "CREATE FUNCTION peek() RETURNS SETOF users LANGUAGE sql SECURITY DEFINER"
        " SET search_path = public AS 'SELECT * FROM users';"
        " REVOKE EXECUTE ON FUNCTION peek FROM PUBLIC; GRANT EXECUTE ON FUNCTION peek TO {role}",
        "DROP FUNCTION peek",
        "peek",
    ),
    "copy_in_another_schema": Violation(
        "CREATE SCHEMA side; CREATE TABLE side.copy AS SELECT * FROM users;"
        " GRANT USAGE ON SCHEMA side TO {role}; GRANT SELECT ON side.copy TO {role}",
        "DROP SCHEMA side CASCADE",
        "copy",
    ),
    "composite_key_in_name_only": Violation(
        f"ALTER TABLE products DROP CONSTRAINT {COMPOSITE}, ADD CONSTRAINT {COMPOSITE}"
        " FOREIGN KEY (tenant_id) REFERENCES tenants (id)",
        f"ALTER TABLE products DROP CONSTRAINT {COMPOSITE}, ADD CONSTRAINT {COMPOSITE}"
        " FOREIGN KEY (tenant_id, added_by_id) REFERENCES users (tenant_id, id)"
        " DEFERRABLE INITIALLY DEFERRED",
        COMPOSITE,
    ),
    "composite_key_not_validated": Violation(
        f"ALTER TABLE products DROP CONSTRAINT {COMPOSITE}, ADD CONSTRAINT {COMPOSITE}"
        " FOREIGN KEY (tenant_id, added_by_id) REFERENCES users (tenant_id, id) NOT VALID",
        f"ALTER TABLE products DROP CONSTRAINT {COMPOSITE}, ADD CONSTRAINT {COMPOSITE}"
        " FOREIGN KEY (tenant_id, added_by_id) REFERENCES users (tenant_id, id)"
        " DEFERRABLE INITIALLY DEFERRED",
        COMPOSITE,
    ),
}


@contextmanager
def violated(violation: Violation) -> Iterator[None]:
    run(violation.statement)
    try:
        yield
    finally:
        run(violation.repair)


def run(statement: str) -> None:
    names = {"role": connections["default"].settings_dict["USER"]}
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(statement.format(**names))


def audit_isolation() -> str:
    output = StringIO()
    call_command("audit_isolation", stdout=output)
    return output.getvalue()


# --- Without violations ----------------------------------------------------------------------


def test_isolated_database_is_accepted():
    isolation.verify_isolation()
    assert isolation.find_violations() == []


def test_embedded_database_has_no_hints():
    assert isolation.find_hints() == []


def hints_after(*statements: str) -> list[str]:
    """Return the hints for the application's role in a superuser's session; rolls it back."""
    database = connections["default"].settings_dict["NAME"]
    url = settings.EMBEDDED_POSTGRES.url(SUPERUSER).replace(f"/{DATABASE}?", f"/{database}?")
    with closing(psycopg2.connect(url)) as session, session.cursor() as cursor:
        for statement in [*statements, f"SET ROLE {APP_ROLE}", HINTS]:
            cursor.execute(statement)
        return [sentence for (sentence,) in cursor.fetchall()]


@pytest.mark.parametrize(
    ("opening", "hint"),
    [
        (
            "GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO PUBLIC",
            "One SELECT can enter another tenant: "
            "REVOKE EXECUTE ON FUNCTION set_config FROM PUBLIC.",
        ),
        (
            "SET track_activities = on",
            "Its sessions see each other's statements: ALTER ROLE ... SET track_activities = off.",
        ),
        (
            "SET log_error_verbosity = verbose",
            "Values are logged: ALTER ROLE ... SET log_error_verbosity = terse.",
        ),
    ],
)
def test_less_restricted_server_has_a_hint(opening, hint):
    assert hints_after("SET track_activities = off") == []
    assert hints_after("SET track_activities = off", opening) == [hint]


def test_audit_prints_a_table():
    lines = audit_isolation().splitlines()
    rows = {line.split()[0]: " ".join(line.split()) for line in lines[2:] if line.split()}
    assert rows["users"] == "users tenant-owned 1 as declared yes 0 2 DEL INS SEL UPD"
    assert rows["products"] == "products tenant-owned 1 as declared yes 2 2 DEL INS SEL UPD"
    assert rows["tenants"] == (
        "tenants tenants 3 as declared yes - - INS SEL UPD(confirmed_at) UPD(currency) "
        "UPD(language) UPD(name) "
        "UPD(storefront_origins) UPD(weight_unit)"
    )
    assert rows["django_migrations"] == "django_migrations shared - no - - SEL"
    assert lines[-1].endswith("tables, no violation.")


def test_every_report_has_a_kind_and_no_violation():
    reports = isolation.audit_tables()
    assert {report.kind for report in reports} == {"tenant-owned", "tenants", "shared"}
    assert [report.violations for report in reports] == [[]] * len(reports)


# --- With violations -------------------------------------------------------------------------


@pytest.mark.parametrize("violation", VIOLATIONS.values(), ids=VIOLATIONS)
def test_violation_is_found(violation: Violation):
    with violated(violation):
        with pytest.raises(IsolationError) as refusal:
            isolation.verify_isolation()
        with pytest.raises(CommandError) as failure:
            audit_isolation()
    assert violation.named in str(refusal.value)
    assert violation.named in str(failure.value)
    assert failure.value.returncode == 1
    assert isolation.find_violations() == []


def test_error_names_the_commands_to_run():
    with violated(VIOLATIONS["force_removed"]), pytest.raises(IsolationError) as refusal:
        isolation.verify_isolation()
    assert "manage.py migrate" in str(refusal.value)
    assert "manage.py audit_isolation" in str(refusal.value)


def test_all_violations_are_named_at_once():
    with violated(VIOLATIONS["force_removed"]), violated(VIOLATIONS["view"]):
        assert len(isolation.find_violations()) == 2


def test_readiness_depends_on_the_isolation(platform):
    assert platform.get("/readyz").status_code == 200
    with violated(VIOLATIONS["policy_added"]):
        response = platform.get("/readyz")
    assert response.status_code == 503
    assert response.json()["code"] == "not_ready"
    assert "users" not in response.content.decode()
    assert platform.get("/readyz").status_code == 200


def test_migrate_repairs_the_privileges(capsys):
    run("GRANT TRUNCATE ON users TO {role}; GRANT SELECT ON users TO PUBLIC")
    assert isolation.find_violations() != []
    call_command("migrate", verbosity=0)
    assert isolation.find_violations() == []


@pytest.mark.parametrize("timeout", settings.DATABASE_TIMEOUTS)
def test_missing_timeout_is_found(timeout):
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SET {timeout} = 0")
    name = connections["default"].settings_dict["USER"]
    assert isolation.find_violations() == [f"Role {name} has no {timeout}."]
    connections["default"].close()
    assert isolation.find_violations() == []


# --- The role --------------------------------------------------------------------------------


def test_owner_role_is_a_violation():
    """A process with the owner's URL as DATABASE_URL reports the violations."""
    done = manage("audit_isolation", **variables_of_test_database("owner"))
    name = connections["owner"].settings_dict["USER"]
    assert done.returncode == 1
    for power in (
        "has BYPASSRLS.",
        "has CREATEDB.",
        "may create objects in the schema public.",
        "owns ",
    ):
        assert f"Role {name} {power}" in done.stderr


def test_application_role_is_accepted_by_another_process():
    done = manage("audit_isolation", **variables_of_test_database())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("tables, no violation.\n")


def test_application_role_has_no_violation():
    assert isolation.audit_role() == []
