"""The isolation in pg_catalog, queried without any code of the project."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connections, transaction

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

#: What has no tenant: the registry, and what the code and Django declare.
SHARED = [
    *("tenants", "django_migrations", "django_content_type"),
    *("auth_group", "auth_permission", "auth_group_permissions"),
    "platform_counters",  # counts of tries over all shops, by a hash
    "job_tickets",  # the queue, without the content of jobs
    "platform_jobs",  # jobs without a tenant
]
POLICY = "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)"

OWNED = """
WITH owned AS (
    SELECT c.* FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
     WHERE c.relkind IN ('r', 'p') AND NOT a.attisdropped
       AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
)
"""
OURS = """
NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
"""


@dataclass(frozen=True)
class Violation:
    """A question that must have no answer, and statements after which it has one."""

    query: str
    breaks: list[str]
    parameters: dict[str, Any] = field(default_factory=dict)


VIOLATIONS = {
    "rows_without_forced_security": Violation(
        OWNED + "SELECT relname FROM owned WHERE NOT (relrowsecurity AND relforcerowsecurity)",
        [
            "ALTER TABLE users NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE products DISABLE ROW LEVEL SECURITY",
            "CREATE TABLE stray (tenant_id uuid)",
        ],
    ),
    "table_without_tenant": Violation(
        f"""SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'f') AND relnamespace {OURS}
            AND relname <> ALL (%(shared)s) AND NOT EXISTS (
                SELECT 1 FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'tenant_id')
        """,
        ["CREATE TABLE stray (id int)", "CREATE SCHEMA side CREATE TABLE stray (id int)"],
        {"shared": SHARED},
    ),
    "tenant_that_may_be_null": Violation(
        OWNED
        + """SELECT relname FROM owned JOIN pg_attribute a ON a.attrelid = owned.oid
              WHERE a.attname = 'tenant_id' AND NOT a.attnotnull""",
        ["ALTER TABLE users ALTER tenant_id DROP NOT NULL"],
    ),
    "tenant_without_foreign_key": Violation(
        OWNED
        + """, referring AS (
    SELECT k.conrelid AS oid FROM pg_constraint k JOIN pg_attribute a
        ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
     WHERE k.contype = 'f' AND k.convalidated
       AND k.confrelid = 'tenants'::regclass AND a.attname = 'tenant_id')
SELECT relname FROM owned WHERE oid NOT IN (SELECT oid FROM referring)
   AND NOT EXISTS ( -- a required reference to a row whose tenant exists
        SELECT 1 FROM pg_constraint k JOIN referring target ON target.oid = k.confrelid,
               unnest(k.conkey, k.confkey) AS pair (source, target)
          JOIN pg_attribute s ON s.attnum = source
          JOIN pg_attribute t ON t.attnum = pair.target
         WHERE k.conrelid = owned.oid AND k.contype = 'f' AND k.convalidated
           AND s.attrelid = k.conrelid AND t.attrelid = k.confrelid
         GROUP BY k.oid
        HAVING bool_and(s.attnotnull)
           AND bool_or((s.attname, t.attname) = ('tenant_id', 'tenant_id')))""",
        [
            "CREATE TABLE stray (id int, tenant_id uuid NOT NULL)",
            "CREATE TABLE stray (tenant_id uuid NOT NULL, x uuid,"
            " FOREIGN KEY (tenant_id, x) REFERENCES products (tenant_id, id))",
            "ALTER TABLE search_words DROP CONSTRAINT products_searchword_product_in_tenant",
        ],
    ),
    "policy_other_than_the_one": Violation(
        OWNED
        + """SELECT relname FROM owned LEFT JOIN pg_policy ON polrelid = owned.oid
              GROUP BY relname HAVING count(polname) <> 1
                  OR NOT bool_and(polcmd = '*' AND polpermissive AND polroles = '{0}'
                     AND pg_get_expr(polqual, polrelid) = %(policy)s
                     AND pg_get_expr(polwithcheck, polrelid) = %(policy)s)""",
        [
            "CREATE POLICY extra ON users USING (true)",
            "DROP POLICY users_user_own_rows ON users",
            "ALTER POLICY users_user_own_rows ON users USING (true)",
            "ALTER POLICY products_product_own_rows ON products WITH CHECK (true)",
        ],
        {"policy": POLICY},
    ),
    "foreign_key_that_leaves_the_tenant": Violation(
        OWNED
        + """SELECT conname FROM pg_constraint k
              WHERE contype = 'f' AND conrelid IN (SELECT oid FROM owned)
                AND confrelid IN (SELECT oid FROM owned)
                AND NOT EXISTS (
                    SELECT 1 FROM unnest(conkey, confkey) AS pair (source, target)
                      JOIN pg_attribute s ON s.attrelid = conrelid AND s.attnum = source
                      JOIN pg_attribute t ON t.attrelid = confrelid AND t.attnum = target
                     WHERE s.attname = 'tenant_id' AND t.attname = 'tenant_id')""",
        ["ALTER TABLE products ADD CONSTRAINT x FOREIGN KEY (added_by_id) REFERENCES users (id)"],
    ),
    "foreign_key_that_is_not_enforced": Violation(
        f"SELECT conname FROM pg_constraint WHERE NOT convalidated AND connamespace {OURS}",
        [
            "ALTER TABLE products ADD CONSTRAINT x"
            " FOREIGN KEY (tenant_id, added_by_id) REFERENCES users (tenant_id, id) NOT VALID"
        ],
    ),
    "unique_key_that_tells_of_others": Violation(
        OWNED
        + """SELECT indexrelid::regclass FROM pg_index JOIN owned ON owned.oid = indrelid
               LEFT JOIN pg_attribute a ON a.attrelid = indrelid AND a.attnum = indkey[0]
              WHERE (indisunique OR indisexclusion) AND NOT (indisprimary AND indnkeyatts = 1)
                AND a.attname IS DISTINCT FROM 'tenant_id'""",
        [
            "CREATE UNIQUE INDEX x ON users (email)",
            "CREATE UNIQUE INDEX x ON users (email, tenant_id)",
            "CREATE UNIQUE INDEX x ON users (lower(email), tenant_id)",
            "CREATE UNIQUE INDEX x ON products (code) WHERE status = 'active'",
            "CREATE TABLE stray (tenant_id uuid, word text, PRIMARY KEY (word, tenant_id))",
        ],
    ),
    "view_with_its_owners_rights": Violation(
        f"""SELECT relname FROM pg_class WHERE relnamespace {OURS} AND (relkind = 'm' OR
              relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false))""",
        [
            "CREATE VIEW peek AS SELECT * FROM users",
            "CREATE MATERIALIZED VIEW peek AS SELECT * FROM users",
        ],
    ),
    "function_with_its_owners_rights": Violation(
        f"SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace {OURS}",
        [
            "CREATE FUNCTION peek() RETURNS SETOF users LANGUAGE sql SECURITY DEFINER"
            " SET search_path = public AS 'SELECT * FROM users'"
        ],
    ),
    "right_of_the_role_beyond_the_four": Violation(
        f"""SELECT relname, privilege_type FROM pg_class, aclexplode(relacl)
             WHERE grantee = %(role)s::regrole AND relnamespace {OURS} AND (is_grantable OR
                   privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))""",
        [
            "GRANT TRUNCATE ON users TO {role}",
            "GRANT REFERENCES ON users TO {role}",
            "GRANT TRIGGER ON products TO {role}",
            "GRANT SELECT ON users TO {role} WITH GRANT OPTION",
        ],
    ),
    "right_of_the_role_on_what_has_no_tenant": Violation(
        OWNED
        + f"""SELECT relname, privilege_type FROM pg_class, aclexplode(relacl)
               WHERE grantee = %(role)s::regrole AND relnamespace {OURS}
                 AND oid NOT IN (SELECT oid FROM owned) AND privilege_type <> 'SELECT'
                 AND (relname, privilege_type) <> ('tenants', 'INSERT')
                 AND NOT (relname IN ('job_tickets', 'platform_jobs')
                          AND privilege_type IN ('INSERT', 'DELETE'))
                 AND relname <> 'platform_counters'""",
        [
            "GRANT UPDATE ON tenants TO {role}",
            "GRANT UPDATE ON job_tickets TO {role}",
            "GRANT INSERT ON django_migrations TO {role}",
        ],
    ),
    "right_of_the_role_on_columns": Violation(
        f"""SELECT attrelid::regclass, attname FROM pg_attribute, aclexplode(attacl)
             WHERE grantee = %(role)s::regrole AND attrelid IN
                   (SELECT oid FROM pg_class WHERE relnamespace {OURS})
               AND NOT (attrelid = 'tenants'::regclass AND privilege_type = 'UPDATE'
                        AND attname IN ('confirmed_at', 'currency', 'language', 'name',
                                        'storefront_origins', 'weight_unit'))
               AND NOT (attrelid = 'job_tickets'::regclass AND privilege_type = 'UPDATE'
                        AND attname IN ('attempts', 'fence', 'lease_expires_at', 'run_at'))
               AND NOT (attrelid = 'platform_jobs'::regclass AND privilege_type = 'UPDATE'
                        AND attname IN ('attempts', 'error', 'finished_at', 'result',
                                        'started_at', 'status'))""",
        [
            "GRANT UPDATE (status) ON tenants TO {role}",
            "GRANT UPDATE (partition) ON job_tickets TO {role}",
            "GRANT UPDATE (arguments) ON platform_jobs TO {role}",
            "GRANT REFERENCES (id) ON users TO {role}",
        ],
    ),
    "right_of_the_role_on_schemas_and_databases": Violation(
        f"""SELECT 'schema', privilege_type FROM pg_namespace n, aclexplode(n.nspacl)
             WHERE grantee = %(role)s::regrole
               AND (nspname <> 'public' OR privilege_type <> 'USAGE') AND n.oid {OURS}
            UNION ALL
            SELECT 'database', privilege_type FROM pg_database, aclexplode(datacl)
             WHERE grantee = %(role)s::regrole AND privilege_type <> 'CONNECT'
               AND datname = current_database()""",
        ["GRANT CREATE ON SCHEMA public TO {role}"],
    ),
    "grant_to_everybody": Violation(
        f"""SELECT relname FROM pg_class, aclexplode(relacl)
             WHERE grantee = 0 AND relnamespace {OURS}
            UNION ALL
            SELECT attname FROM pg_attribute, aclexplode(attacl)
             WHERE grantee = 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace {OURS})
            UNION ALL
            SELECT proname FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', proowner)))
             WHERE grantee = 0 AND pronamespace {OURS}
            UNION ALL
            SELECT nspname FROM pg_namespace n, aclexplode(n.nspacl)
             WHERE grantee = 0 AND n.oid {OURS}
            UNION ALL
            SELECT datname FROM pg_database,
                   aclexplode(coalesce(datacl, acldefault('d', datdba)))
             WHERE grantee = 0 AND datname = current_database()""",
        [
            "GRANT SELECT ON users TO PUBLIC",
            "GRANT SELECT (email) ON users TO PUBLIC",
            "GRANT USAGE ON SCHEMA public TO PUBLIC",
            "GRANT EXECUTE ON FUNCTION tenants_notice TO PUBLIC",
            "GRANT CONNECT ON DATABASE {database} TO PUBLIC",
        ],
    ),
}

ROLE = """
SELECT rolname FROM pg_roles WHERE rolname = %(role)s AND (rolsuper OR rolbypassrls OR rolcreaterole
    OR rolcreatedb OR rolreplication)
UNION ALL
SELECT relname FROM pg_class WHERE relowner = %(role)s::regrole
UNION ALL
SELECT datname FROM pg_database WHERE datdba = %(role)s::regrole AND datname = current_database()
UNION ALL
SELECT roleid::regrole::text::name FROM pg_auth_members WHERE member = %(role)s::regrole
"""

BREAKS = [
    pytest.param(violation, statement, id=f"{name}-{statement[:40]}")
    for name, violation in VIOLATIONS.items()
    for statement in violation.breaks
]


def ask(query: str, **parameters: Any) -> list[Any]:
    names = {"role": connections["default"].settings_dict["USER"], **parameters}
    with connections["owner"].cursor() as cursor:
        cursor.execute(query, names)
        return cursor.fetchall()


@pytest.mark.parametrize("violation", VIOLATIONS.values(), ids=VIOLATIONS)
def test_violation_is_absent(violation: Violation):
    assert ask(violation.query, **violation.parameters) == []


@pytest.mark.parametrize(("violation", "statement"), BREAKS)
def test_violation_is_detected(violation: Violation, statement: str):
    """The control: after the statement, which is undone, the same question has an answer."""
    connection = connections["owner"]
    names = {
        "role": connections["default"].settings_dict["USER"],
        "database": connection.settings_dict["NAME"],
    }
    with transaction.atomic(using="owner"):
        with connection.cursor() as cursor:
            cursor.execute(statement.format(**names))
        assert ask(violation.query, **violation.parameters) != []
        transaction.set_rollback(True, using="owner")


def test_role_of_the_application_has_no_power():
    assert ask(ROLE) == []


def test_power_of_a_role_would_be_seen():
    assert ask(ROLE, role=connections["owner"].settings_dict["USER"]) != []
