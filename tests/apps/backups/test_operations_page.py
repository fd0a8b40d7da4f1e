"""The scripts of docs/operations.md work, for all shops and for one."""

from __future__ import annotations

import stat
from contextlib import closing

import psycopg2
import pytest
from django.db import connections

from tests.apps.backups.files import as_owner
from tests.isolation.fixtures import fingerprint
from tests.operations_page import backup_scripts, run_script
from tests.processes import environment, variables_of_test_database

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)

BACK_UP, RESTORE, ONE_SHOP = backup_scripts()

#: The protection of the tables, queried without the code of the project. Of a check, the name:
#: PostgreSQL writes casts in its condition differently once it has been restored.
PROTECTION = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relacl::text,
       (SELECT string_agg(concat_ws(' ', polname, polcmd, polroles, pg_get_expr(polqual, polrelid),
                                    pg_get_expr(polwithcheck, polrelid)), '|' ORDER BY polname)
          FROM pg_policy WHERE polrelid = c.oid),
       (SELECT string_agg(concat(conname, CASE WHEN contype <> 'c' THEN pg_get_constraintdef(oid)
                                          END), '|' ORDER BY conname)
          FROM pg_constraint WHERE conrelid = c.oid),
       (SELECT string_agg(pg_get_indexdef(indexrelid), '|' ORDER BY indexrelid::regclass::text)
          FROM pg_index WHERE indrelid = c.oid)
  FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
ROWS = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"


def run_block(script, folder, variables):
    return run_script(script, folder, variables, variables["DATABASE_OWNER_URL"])


def everything(cursor):
    """Return the protection of all tables, and the number and digest of their rows."""
    cursor.execute("SET timezone = 'UTC'")
    cursor.execute(PROTECTION)
    protection = cursor.fetchall()
    rows = {}
    for table, *_ in protection:
        cursor.execute(ROWS.format(table=table))
        rows[table] = cursor.fetchone()
    return protection, rows


def everything_in(variables):
    with (
        closing(psycopg2.connect(variables["DATABASE_OWNER_URL"])) as connection,
        connection.cursor() as cursor,
    ):
        return everything(cursor)


@pytest.fixture
def dump(acme, globex, tmp_path):
    """The file that the first script of the page writes."""
    done = run_block(BACK_UP, tmp_path, environment(**variables_of_test_database()))
    assert (done.returncode, done.stderr) == (0, "")
    return tmp_path / "everything.dump"


def test_full_backup_is_restored_into_an_empty_database(dump, other_database):
    with connections["owner"].cursor() as cursor:
        before = everything(cursor)
    assert len(before[0]) == 34

    done = run_block(RESTORE, dump.parent, other_database)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "34 tables, no violation."
    assert everything_in(other_database) == before


def test_dump_is_private_and_the_only_file(dump):
    assert stat.S_IMODE(dump.stat().st_mode) == 0o600
    assert list(dump.parent.iterdir()) == [dump]


def test_restored_shops_get_their_addresses_there(dump, other_database):
    variables = other_database | {"PORT": "9000"}

    done = run_block(RESTORE, dump.parent, variables)

    assert (done.returncode, done.stderr) == (0, "")
    with (
        closing(psycopg2.connect(variables["DATABASE_OWNER_URL"])) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT canonical_url FROM tenants ORDER BY code")
        addresses = [address for (address,) in cursor.fetchall()]
    assert addresses == ["http://acme.localhost:9000/", "http://globex.localhost:9000/"]


def test_truncated_dump_restores_nothing(dump, other_database):
    dump.write_bytes(dump.read_bytes()[:-3000])

    done = run_block(RESTORE, dump.parent, other_database)

    assert done.returncode != 0
    assert everything_in(other_database) == ([], {})


def test_database_that_is_not_empty_is_not_changed(acme, globex, dump):
    as_owner("UPDATE products SET name = 'changed since'")
    before = (fingerprint(acme), fingerprint(globex))

    done = run_block(RESTORE, dump.parent, environment(**variables_of_test_database()))

    assert done.returncode != 0
    assert "already exists" in done.stderr
    assert (fingerprint(acme), fingerprint(globex)) == before


def test_one_shop_is_backed_up_and_restored(acme, tmp_path):
    before = fingerprint(acme)

    done = run_block(ONE_SHOP, tmp_path, environment(**variables_of_test_database()))

    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["acme.zip"]
    assert fingerprint(acme) == before
