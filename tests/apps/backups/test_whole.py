"""Everything leaves the database in one file, and comes back into an empty one."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing

import psycopg2
import pytest
from django.conf import settings
from django.db import connections

from apps.tenants.audit import find_gaps
from apps.tenants.models import Tenant
from tests.apps.backups.files import as_owner, forge, lose_shop, parts, refusal, run
from tests.isolation.scene import fingerprint

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)

#: What guards the tables, asked without any code of the project's.
WALLS = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relacl::text,
       (SELECT string_agg(concat_ws(' ', polname, polcmd, polroles, pg_get_expr(polqual, polrelid),
                                    pg_get_expr(polwithcheck, polrelid)), '|' ORDER BY polname)
          FROM pg_policy WHERE polrelid = c.oid),
       (SELECT string_agg(conname || pg_get_constraintdef(oid), '|' ORDER BY conname)
          FROM pg_constraint WHERE conrelid = c.oid),
       (SELECT string_agg(pg_get_indexdef(indexrelid), '|' ORDER BY indexrelid::regclass::text)
          FROM pg_index WHERE indrelid = c.oid)
  FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
ROWS = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"


@pytest.fixture
def file(acme, globex, tmp_path):
    run("backup", tmp_path / "all.zip")
    return tmp_path / "all.zip"


def manage(variables, *arguments):
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=settings.ROOT_DIR,
        env=variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def everything(cursor):
    """Return the walls, and the number and digest of the rows, of every table."""
    cursor.execute(WALLS)
    walls = cursor.fetchall()
    rows = {}
    for table, *_ in walls:
        cursor.execute(ROWS.format(table=table))
        rows[table] = cursor.fetchone()
    return walls, rows


def lose_all():
    for shop in Tenant.objects.all():
        lose_shop(shop)


def test_everything_comes_back_into_an_empty_database(file, other_database):
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET timezone = 'UTC'")
        before = everything(cursor)
    assert len(before[0]) == 13

    done = manage(other_database, "restore", file)
    audited = manage(other_database, "audit_isolation")

    assert (done.returncode, done.stderr) == (0, "")
    assert (audited.returncode, audited.stdout.splitlines()[-1]) == (0, "13 tables, no gap.")
    with (
        closing(psycopg2.connect(other_database["DATABASE_OWNER_URL"])) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SET timezone = 'UTC'")
        assert everything(cursor) == before


def test_database_that_was_only_migrated_is_empty_enough(acme, globex, file):
    before = (fingerprint(acme), fingerprint(globex))
    lose_all()

    run("restore", file)

    assert (fingerprint(acme), fingerprint(globex)) == before
    assert find_gaps() == []


def test_database_with_a_shop_is_left_alone(acme, globex, file):
    lose_shop(globex)
    before = fingerprint(acme)

    assert "The database has shops (1)" in refusal("restore", file)

    assert fingerprint(acme) == before
    assert [shop.code for shop in Tenant.objects.all()] == ["acme"]


def test_database_with_something_else_is_left_alone(file):
    lose_all()
    as_owner("CREATE TABLE somebody_elses (id int)")
    try:
        assert "The database has other tables already" in refusal("restore", file)
    finally:
        as_owner("DROP TABLE somebody_elses")


def test_rows_other_than_the_manifests_undo_everything(file):
    lose_all()
    as_owner("INSERT INTO django_content_type (app_label, model) VALUES ('left', 'alone')")

    def expect_more(members, manifest):
        manifest.tables["public.users"] = manifest.tables["public.products"]

    said = refusal("restore", forge(file, expect_more))

    assert said == "Rows are not those of the manifest in public.users."
    assert as_owner("SELECT count(*) FROM tenants") == [(0,)]
    assert as_owner("DELETE FROM django_content_type WHERE app_label = 'left' RETURNING model") == [
        ("alone",)
    ]


def test_dump_that_breaks_off_undoes_everything(file):
    lose_all()

    def cut(members, manifest):
        members["database.dump"] = members["database.dump"][:-3000]

    assert "pg_restore failed" in refusal("restore", forge(file, cut))
    assert as_owner("SELECT count(*) FROM tenants") == [(0,)]
    assert find_gaps() == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"server": 990_000}, "newer than this server's"),
        ({"migrations": ["users.0001_initial", "users.0099_later"]}, "users.0099_later"),
    ],
)
def test_what_is_newer_than_we_are_is_refused(file, change, said):
    lose_all()

    def grow(members, manifest):
        vars(manifest).update(change)

    assert said in refusal("restore", forge(file, grow))
    assert as_owner("SELECT count(*) FROM tenants") == [(0,)]


def test_kinds_of_files_are_not_mixed_up(acme, file):
    before = fingerprint(acme)
    run("backup", file.with_name("acme.zip"), "--shop", "acme")

    assert "is a backup of everything: leave out --shop" in refusal(
        "restore", file, "--shop", "acme", "--replace"
    )
    assert "say --shop acme" in refusal("restore", file.with_name("acme.zip"))
    assert "needs an empty database" in refusal("restore", file, "--replace")
    assert fingerprint(acme) == before


def test_guard_that_is_not_what_it_was_is_said(file):
    lose_all()

    def doubt(members, manifest):
        manifest.walls["users"]["facts"][1] = False

    said = refusal("restore", forge(file, doubt))

    assert said.endswith("the walls have gaps: Table users is not guarded as it was.")


def test_manifest_says_what_guarded_each_table(file):
    walls = parts(file)[1].walls

    assert len(walls) == 13
    enabled, forced, rights, public = walls["audit_events"]["facts"]
    assert (enabled, forced, rights, public) == (True, True, ["INSERT", "SELECT"], False)
    assert "app.tenant_id" in walls["users"]["policies"][0][4]
