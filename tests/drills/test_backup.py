"""Lost rows and a lost server are restored from backups."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import psycopg2
import pytest

from apps.embedded_postgres.cluster import EmbeddedPostgres
from apps.embedded_postgres.roles import OWNER_ROLE
from tests import processes
from tests.drills.figures import Table, published
from tests.operations_page import backup_scripts, run_script
from tests.processes import manage, new_folder, serving, until

PASSWORD = "kiln and clay"
SECONDS_FOR_A_SHOP = 60
#: How many users, products and events each shop gets.
SIZES = {"acme": (5_000, 85_000, 10_000), "globex": (50, 500, 50), "initech": (5, 5, 5)}

FILL = """
INSERT INTO users (id, tenant_id, email, role, password, first_name, last_name, is_active)
SELECT gen_random_uuid(), t.id, 'person-' || n || '@example.com', 'customer', '!', 'Kim',
       repeat('x', n %% 90), true
  FROM tenants t, generate_series(1, %(people)s) n WHERE t.code = %(code)s;
INSERT INTO products (id, tenant_id, name, code, description, status, vendor, product_type,
                      is_gift_card, added_by_id, added_on, updated_on)
SELECT gen_random_uuid(), u.tenant_id, 'Bowl ' || n, 'bowl-' || n, repeat('glaze ', n %% 50),
       'active', '', '', false, u.id, now(), now()
  FROM users u, generate_series(1, %(products)s) n
 WHERE u.email = 'owner@' || %(code)s || '.example';
INSERT INTO audit_events (id, tenant_id, action, subject, details, user_agent)
SELECT gen_random_uuid(), t.id, 'session.opened', 'person-' || n, jsonb_build_object('n', n), ''
  FROM tenants t, generate_series(1, %(events)s) n WHERE t.code = %(code)s
"""

#: Flags, policies, keys and privileges of every table, queried without the code of the project.
PROTECTION = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relacl::text,
       (SELECT string_agg(concat_ws(' ', polname, polcmd, polroles, pg_get_expr(polqual, polrelid),
                                    pg_get_expr(polwithcheck, polrelid)), '|' ORDER BY polname)
          FROM pg_policy WHERE polrelid = c.oid),
       (SELECT string_agg(conname || pg_get_constraintdef(oid), '|' ORDER BY conname)
          FROM pg_constraint WHERE conrelid = c.oid)
  FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""


PAIR = """
INSERT INTO products (id, tenant_id, name, code, description, status, vendor, product_type,
                      is_gift_card, added_by_id, added_on, updated_on)
SELECT gen_random_uuid(), tenant_id, 'x', 'pair-' || gen_random_uuid(), '',
       'active', '', '', false, id, now(), now()
  FROM users WHERE email = 'owner@initech.example';
INSERT INTO audit_events (id, tenant_id, action, subject, details, user_agent)
SELECT gen_random_uuid(), tenant_id, 'session.opened', 'pair', '{}', ''
  FROM users WHERE email = 'owner@initech.example'
"""
PAIRS = ("products WHERE code LIKE 'pair-%'", "audit_events WHERE subject = 'pair'")


@dataclass
class Platform:
    """A separate server with three shops, one of them large."""

    folder: Path
    key: str = "the same on both servers, and longer than fifty characters"

    @property
    def variables(self) -> dict[str, Any]:
        return {"DATA_DIR": self.folder, "SECRET_KEY": self.key, "DEMO": 0}

    def run(self, *arguments: Any, **variables: Any) -> str:
        done = manage(*map(str, arguments), **self.variables, **variables)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run_script(self, script: str) -> None:
        """Run commands of docs/operations.md."""
        url = EmbeddedPostgres(self.folder).url(OWNER_ROLE)
        done = run_script(script, self.folder, processes.environment(**self.variables), url)
        assert done.returncode == 0, done.stderr

    def query(self, statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """Run a statement that bypasses the policies."""
        url = EmbeddedPostgres(self.folder).url(OWNER_ROLE)
        with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute("SET timezone = 'UTC'")
            cursor.execute(statement, parameters)
            connection.commit()
            return cursor.fetchall() if cursor.description else []

    def owned(self) -> list[str]:
        found = self.query(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE a.attname = 'tenant_id' AND c.relkind = 'r' ORDER BY 1"
        )
        return [table for (table,) in found]

    def md5(self, table: str, condition: str = "true") -> tuple[Any, ...]:
        return self.query(
            "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text))"
            f" FROM {table} t WHERE {condition}"
        )[0]

    def md5_of_shop(self, code: str) -> dict[str, tuple[Any, ...]]:
        shop = f"(SELECT id FROM tenants WHERE code = '{code}')"
        found = {table: self.md5(table, f"tenant_id = {shop}") for table in self.owned()}
        return found | {"tenants": self.md5("tenants", f"id = {shop}")}


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    with published("backup", drills=4) as table:
        yield table


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with new_folder() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "DEADLINE", 300.0)
        found = Platform(folder)
        with EmbeddedPostgres(folder).running():
            found.run("migrate", "--verbosity=0")
            for code, (people, products, events) in SIZES.items():
                found.run(
                    *("create_shop", code, code.title(), f"owner@{code}.example"),
                    OWNER_PASSWORD=PASSWORD,
                )
                found.query(
                    FILL,
                    {"code": code, "people": people, "products": products, "events": events},
                )
            yield found


@contextmanager
def writing_pairs(platform: Platform) -> Iterator[None]:
    """Write a product and an event in one transaction, over and over, for the block."""
    stopping = threading.Event()

    def write() -> None:
        while not stopping.is_set():
            platform.query(PAIR)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        stopping.set()
        writer.join()


def timed(action: Any) -> float:
    start = time.monotonic()
    action()
    return time.monotonic() - start


def test_lost_shop_is_restored(platform, table):
    before = {code: platform.md5_of_shop(code) for code in ("acme", "globex", "initech")}
    rows = sum(count for count, _ in before["acme"].values())
    assert rows >= 100_000
    file = platform.folder / "acme.zip"

    backup = timed(lambda: platform.run("backup", file, "--shop", "acme"))
    shop = "tenant_id = (SELECT id FROM tenants WHERE code = 'acme')"
    for statement in (
        f"DELETE FROM products WHERE {shop} AND code LIKE 'bowl-1%'",
        f"UPDATE users SET first_name = 'gone' WHERE {shop}",
        f"DELETE FROM audit_events WHERE {shop}",
    ):
        platform.query(statement)
    lost = platform.md5_of_shop("acme")
    changed = {table for table in lost if lost[table] != before["acme"][table]}
    assert changed == {"products", "users", "audit_events"}
    restore = timed(lambda: platform.run("restore", file, "--shop", "acme", "--replace"))

    after = {code: platform.md5_of_shop(code) for code in before}
    equal = [name for name in before["acme"] if after["acme"][name] == before["acme"][name]]
    others = [code for code in before if code != "acme" and after[code] == before[code]]
    table.add(
        "one shop: backed up, rows lost, restored",
        "200 rows by hand",
        f"md5 of each table equal, of others too; {SECONDS_FOR_A_SHOP} s for 100,000 rows",
        f"{len(equal)} of {len(before['acme'])} tables equal, {len(others)} of {len(before) - 1} "
        f"other shops; {rows:,} rows: backup {backup:.1f} s, restore {restore:.1f} s, "
        f"{file.stat().st_size / 2**20:.1f} MiB",
        met=after == before and backup + restore <= SECONDS_FOR_A_SHOP,
    )
    assert after == before
    assert "no violation" in platform.run("audit_isolation")
    assert backup + restore <= SECONDS_FOR_A_SHOP


def test_file_of_another_shop_is_refused(platform, table):
    file = platform.folder / "globex.zip"
    platform.run("backup", file, "--shop", "globex")
    before = {code: platform.md5_of_shop(code) for code in ("globex", "initech")}
    forged = platform.folder / "forged.zip"
    [(initech,)] = platform.query("SELECT id::text FROM tenants WHERE code = 'initech'")
    with ZipFile(file) as source, ZipFile(forged, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "manifest.json":
                manifest = json.loads(content)
                manifest["shop"] |= {"id": initech, "code": "initech"}
                content = json.dumps(manifest).encode()
            target.writestr(name, content)
    arguments = ("--shop", "initech", "--replace")

    by_name = manage("restore", str(file), *arguments, **platform.variables)
    by_signature = manage("restore", str(forged), *arguments, **platform.variables)
    by_policy = manage("restore", str(forged), *arguments, "--trust", **platform.variables)

    assert "is a backup of the shop globex, not of initech" in by_name.stderr
    assert "is not signed with this SECRET_KEY" in by_signature.stderr
    assert "violates row-level security policy" in by_policy.stderr
    assert {code: platform.md5_of_shop(code) for code in before} == before
    assert "Restored" in platform.run("restore", file, "--shop", "globex", "--replace")
    table.add(
        "one shop's file under another shop",
        "refused by its name",
        "refused, no row changed",
        "by the manifest; forged, by the signature; trusted nevertheless, by PostgreSQL's policy",
        met=True,
    )


def test_lost_server_is_restored(platform, table):
    tables = [name for name, *_ in platform.query(PROTECTION)]
    before = (platform.query(PROTECTION), {table: platform.md5(table) for table in tables})
    [back_up, put_back, _] = backup_scripts()
    backup = timed(lambda: platform.run_script(back_up))

    with new_folder() as folder:
        fresh = Platform(folder)
        shutil.copy(platform.folder / "everything.dump", folder)
        with EmbeddedPostgres(folder).running():
            restore = timed(lambda: fresh.run_script(put_back))
            after = (fresh.query(PROTECTION), {table: fresh.md5(table) for table in tables})
            assert after == before
            with serving(data_dir=folder, SECRET_KEY=fresh.key, DEMO=0) as server:
                token = server.log_in("acme.localhost", "owner@acme.example", PASSWORD)
                assert server.get("acme.localhost", "/api/users/", **token).status == 200
                assert server.get("globex.localhost", "/api/users/", **token).status == 401

    rows = sum(count for count, _ in before[1].values())
    table.add(
        "everything: server lost, restored on a fresh one (`pg_dump`, `pg_restore`)",
        "none",
        "counts and md5 equal, flags and policies identical",
        f"{len(tables)} tables, {rows:,} rows equal; flags, policies, keys, privileges identical; "
        f"audit: no violation; log-in works; backup {backup:.1f} s, restore {restore:.1f} s",
        met=True,
    )


def test_shop_works_while_it_is_backed_up(platform, table):
    """The two rows of a transaction are always restored together."""
    file = platform.folder / "busy.zip"

    def pairs():
        return [platform.query(f"SELECT count(*) FROM {pair}")[0][0] for pair in PAIRS]

    with writing_pairs(platform):
        # The control: read one after the other, without a snapshot, they differ at some time.
        until(lambda: len(set(pairs())) == 2)
        [before, _] = pairs()
        platform.run("backup", file, "--shop", "initech")
    [after, _] = pairs()

    with ZipFile(file) as archive:
        products, events = (
            sum(b"\tpair" in row for row in archive.read(member).splitlines())
            for member in ("products.copy", "audit_events.copy")
        )
    is_one_moment = products == events and before <= products < after
    table.add(
        "one shop: backed up while it works",
        "pg_dump and a count beside it differ",
        "one moment; lost is what came after it",
        f"{products} pairs of rows in the file, {abs(products - events)} halves; "
        f"{after - products} pairs came later",
        met=is_one_moment,
    )
    assert is_one_moment


def test_control_difference_of_one_row_is_detected(platform):
    """The control of every comparison above."""
    before = platform.md5_of_shop("initech")
    one = "SELECT min(id::text)::uuid FROM products WHERE code = 'bowl-1' AND tenant_id ="
    shop = "(SELECT id FROM tenants WHERE code = 'initech')"
    platform.query(f"UPDATE products SET status = 'draft' WHERE id = ({one} {shop})")

    after = platform.md5_of_shop("initech")

    assert [table for table in before if before[table] != after[table]] == ["products"]
