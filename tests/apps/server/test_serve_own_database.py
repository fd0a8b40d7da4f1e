"""`manage.py serve` with an external PostgreSQL."""

from __future__ import annotations

from contextlib import closing

import psycopg2
import pytest

from apps.embedded_postgres.cluster import EmbeddedPostgres
from apps.embedded_postgres.roles import APP_ROLE, DATABASE, OWNER_ROLE, SUPERUSER
from apps.server.connection_limits import connections_needed
from tests.processes import free_port, manage, serving

#: Statements that violate the isolation, and the words that report it.
VIOLATIONS = {
    "DROP POLICY products_product_own_rows ON products": "products",
    "ALTER TABLE products NO FORCE ROW LEVEL SECURITY": "products",
    "ALTER TABLE products DISABLE ROW LEVEL SECURITY": "products",
    "CREATE POLICY wide ON products USING (true)": "wide",
    "ALTER TABLE products DROP CONSTRAINT products_product_added_by_in_tenant": (
        "products_product_added_by_in_tenant"
    ),
    "CREATE UNIQUE INDEX global_code ON products (code)": "global_code",
    f"GRANT TRUNCATE ON products TO {APP_ROLE}": "TRUNCATE",
    f"GRANT pg_read_all_data TO {APP_ROLE}": "pg_read_all_data",
    "CREATE VIEW peek AS SELECT * FROM products": "peek",
}


@pytest.fixture(scope="module")
def migrated(postgres) -> EmbeddedPostgres:
    """A migrated PostgreSQL that is configured by URLs."""
    done = manage(
        "migrate",
        DATA_DIR=postgres.data_dir,
        DATABASE_URL=postgres.url(APP_ROLE),
        DATABASE_OWNER_URL=postgres.url(OWNER_ROLE),
    )
    assert done.returncode == 0, done.stderr
    return postgres


def copy_of(postgres: EmbeddedPostgres, name: str, *statements: str) -> dict[str, str]:
    """Copy the database, change the copy as its owner; return the variables for a server."""
    with closing(
        psycopg2.connect(postgres.url(SUPERUSER).replace(f"/{DATABASE}?", "/postgres?"))
    ) as c:
        c.autocommit = True
        c.cursor().execute(f"CREATE DATABASE {name} TEMPLATE {DATABASE} OWNER {OWNER_ROLE}")
    for statement in statements:
        with closing(psycopg2.connect(url_of(postgres, name, SUPERUSER))) as c:
            c.autocommit = True
            c.cursor().execute(statement)
    return {"DATABASE_URL": url_of(postgres, name, APP_ROLE)}


def url_of(postgres: EmbeddedPostgres, name: str, role: str) -> str:
    return postgres.url(role).replace(f"/{DATABASE}?", f"/{name}?")


def test_external_database_is_served_without_its_owner(migrated):
    variables = copy_of(migrated, "whole")
    with serving(migrated.data_dir, **variables) as server:
        assert server.get("localhost", "/readyz").status == 200
        assert "Demo shops" not in server.output


def test_http_is_not_served_with_the_owners_credentials(postgres):
    done = manage(
        "serve_http",
        DATA_DIR=postgres.data_dir,
        DATABASE_URL=postgres.url(APP_ROLE),
        DATABASE_OWNER_URL=postgres.url(OWNER_ROLE),
    )

    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: Workers may not have the owner's credentials")


def test_owner_credentials_stay_in_the_main_process(migrated):
    variables = copy_of(migrated, "owned")
    variables["DATABASE_OWNER_URL"] = url_of(migrated, "owned", OWNER_ROLE)
    with serving(migrated.data_dir, **variables) as server:
        assert set(server.demo_log_ins) == {"acme.localhost", "globex.localhost"}
        assert server.workers != []
        for worker in server.workers:
            assert "DATABASE_OWNER_URL" not in worker.environ()


@pytest.mark.parametrize(("missing", "is_told"), [(1, True), (0, False)])
def test_connection_shortage_is_reported(migrated, missing, is_told):
    name, limit = f"narrow_{missing}", connections_needed() - missing
    variables = copy_of(migrated, name, f"ALTER DATABASE {name} CONNECTION LIMIT {limit}")
    with serving(migrated.data_dir, WORKERS=2, JOB_WORKERS=1, **variables) as server:
        words = f"PostgreSQL allows {limit} connections, but this server may need {limit + missing}"
        assert (words in server.output) is is_told


@pytest.mark.parametrize(("number", "statement"), list(enumerate(VIOLATIONS)))
def test_isolation_violation_is_refused_by_name(migrated, number, statement):
    variables = copy_of(migrated, f"gap_{number}", statement)
    try:
        refused = manage("serve", PORT=free_port(), DATA_DIR=migrated.data_dir, **variables)
    finally:
        if "pg_read_all_data" in statement:  # roles are the whole cluster's
            copy_of(migrated, "undone", f"REVOKE pg_read_all_data FROM {APP_ROLE}")

    assert refused.returncode == 1
    assert VIOLATIONS[statement] in refused.stderr
    assert "manage.py migrate" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_role_without_timeouts_is_refused_until_migrate(migrated):
    urls = {
        "DATABASE_URL": migrated.url(APP_ROLE),
        "DATABASE_OWNER_URL": migrated.url(OWNER_ROLE),
    }
    with closing(psycopg2.connect(migrated.url(SUPERUSER))) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"ALTER ROLE {APP_ROLE} RESET ALL")

    refused = manage("audit_isolation", DATA_DIR=migrated.data_dir, **urls)
    planned = manage("migrate", "--plan", DATA_DIR=migrated.data_dir, **urls)
    refused_again = manage("audit_isolation", DATA_DIR=migrated.data_dir, **urls)
    repaired = manage("migrate", DATA_DIR=migrated.data_dir, **urls)
    accepted = manage("audit_isolation", DATA_DIR=migrated.data_dir, **urls)

    assert f"Role {APP_ROLE} has no statement_timeout." in refused.stderr
    assert (planned.returncode, refused_again.stderr) == (0, refused.stderr)
    assert (repaired.returncode, accepted.returncode, accepted.stderr) == (0, 0, "")


@pytest.mark.parametrize(
    ("role", "word"), [(SUPERUSER, "is a superuser"), (OWNER_ROLE, "has BYPASSRLS")]
)
def test_role_that_bypasses_the_policies_is_refused(migrated, role, word):
    refused = manage(
        "serve", PORT=free_port(), DATA_DIR=migrated.data_dir, DATABASE_URL=migrated.url(role)
    )

    assert refused.returncode == 1
    assert f"Role {role} {word}." in refused.stderr


def test_unreachable_database_is_reported(data_dir):
    url = f"postgres://app:secret@127.0.0.1:{free_port()}/none"

    refused = manage("serve", PORT=free_port(), DATA_DIR=data_dir, DATABASE_URL=url)

    assert refused.returncode == 1
    assert refused.stderr.startswith("CommandError: The database cannot be used: ")
    assert "secret" not in refused.stderr


def test_database_without_migrations_is_refused(postgres):
    name = "bare"
    with closing(psycopg2.connect(postgres.url(SUPERUSER))) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name} OWNER {OWNER_ROLE}")

    refused = manage(
        "serve",
        PORT=free_port(),
        DATA_DIR=postgres.data_dir,
        DATABASE_URL=url_of(postgres, name, APP_ROLE),
    )

    assert refused.returncode == 1
    assert "Table products does not exist." in refused.stderr
