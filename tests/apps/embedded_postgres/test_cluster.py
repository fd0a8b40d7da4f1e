"""The embedded cluster: start, stop, sharing, and its permissions under root."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from contextlib import closing
from urllib.parse import unquote, urlsplit

import psycopg2
import pytest

from apps.embedded_postgres.cluster import EmbeddedPostgres
from apps.embedded_postgres.programs import EmbeddedPostgresError
from apps.embedded_postgres.roles import APP_ROLE, OWNER_ROLE, SUPERUSER
from tests.processes import DEADLINE, ROOT, environment, is_alive, manage, postgres_process

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")


def query(postgres: EmbeddedPostgres, statement: str, role: str = OWNER_ROLE) -> list[tuple]:
    with closing(psycopg2.connect(postgres.url(role))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def test_data_survives_a_restart(data_dir, quick):
    postgres = EmbeddedPostgres(data_dir)
    with postgres.running(quick):
        query(postgres, "CREATE TABLE kept AS SELECT 7 AS n")
        first = postgres_process(data_dir)
    assert not is_alive(first)

    with postgres.running(quick):
        assert query(postgres, "SELECT n FROM kept") == [(7,)]


def test_last_user_stops_the_server(data_dir, quick):
    with EmbeddedPostgres(data_dir).running(quick):
        server = postgres_process(data_dir)
        with EmbeddedPostgres(data_dir).running(quick):
            assert postgres_process(data_dir) == server
        assert is_alive(server)
        assert query(EmbeddedPostgres(data_dir), "SELECT 1") == [(1,)]
    assert not is_alive(server)


def test_server_runs_until_the_last_user_leaves(data_dir, quick):
    first = EmbeddedPostgres(data_dir).running(quick)
    second = EmbeddedPostgres(data_dir).running(quick)
    first.__enter__()
    second.__enter__()
    server = postgres_process(data_dir)

    first.__exit__(None, None, None)
    assert is_alive(server)

    second.__exit__(None, None, None)
    assert not is_alive(server)


def test_commands_that_start_at_once_share_one_cluster(data_dir):
    commands = [
        subprocess.Popen(
            [sys.executable, "manage.py", "check"],
            cwd=ROOT,
            env=environment(DATA_DIR=data_dir),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [command.communicate(timeout=DEADLINE) for command in commands]

    assert [command.returncode for command in commands] == [0, 0], outputs
    assert sum("Creating a PostgreSQL cluster" in errors for _, errors in outputs) == 1
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


def test_killed_server_recovers(data_dir):
    postgres = EmbeddedPostgres(data_dir)
    with postgres.running():
        query(postgres, "CREATE TABLE kept AS SELECT 7 AS n")
        killed = postgres_process(data_dir)
        killed.kill()

        with EmbeddedPostgres(data_dir).running():
            assert postgres_process(data_dir) != killed
            assert query(postgres, "SELECT n FROM kept") == [(7,)]


def test_killed_server_is_not_stopped(data_dir, quick):
    with EmbeddedPostgres(data_dir).running(quick):
        killed = postgres_process(data_dir)
        killed.kill()
    assert not is_alive(killed)


def test_interrupted_initialization_is_repeated(data_dir, quick):
    (data_dir / "postgres.new").mkdir()
    (data_dir / "postgres.new" / "half").touch()

    with EmbeddedPostgres(data_dir).running(quick):
        assert not (data_dir / "postgres.new").exists()
        assert query(EmbeddedPostgres(data_dir), "SELECT 1") == [(1,)]


def test_failed_start_names_the_log(data_dir):
    postgres = EmbeddedPostgres(data_dir)

    with (
        pytest.raises(EmbeddedPostgresError, match=r"pg_ctl failed; see .*/server\.log"),
        postgres.running({"shared_buffers": "plenty"}),
    ):
        pass

    with postgres.running():
        assert query(postgres, "SELECT 1") == [(1,)]


def test_roles_have_minimal_attributes(postgres):
    powers = query(
        postgres,
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication"
        " FROM pg_roles WHERE rolname LIKE 'galleria%' ORDER BY 1",
    )
    members = query(
        postgres,
        "SELECT roleid::regrole::text, member::regrole::text FROM pg_auth_members"
        " WHERE roleid = 'galleria_app'::regrole OR member = 'galleria_app'::regrole",
    )
    owner = query(
        postgres, "SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()"
    )

    assert powers == [
        (APP_ROLE, False, False, False, False, False),
        (OWNER_ROLE, False, True, True, False, False),
    ]
    assert owner == [(OWNER_ROLE,)]
    assert members == [(APP_ROLE, OWNER_ROLE)]


@pytest.mark.parametrize("role", [SUPERUSER, OWNER_ROLE, APP_ROLE])
def test_connection_requires_the_password(postgres, role):
    assert query(postgres, "SELECT current_user::text", role) == [(role,)]

    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(postgres.url(role), password="guessed")


def test_no_network_port_is_opened(postgres):
    assert query(postgres, "SELECT current_setting('listen_addresses')") == [("",)]
    assert postgres_process(postgres.data_dir).net_connections("inet") == []


def test_secrets_are_not_in_the_cluster(postgres):
    names = {path.name for path in postgres.data_dir.iterdir()}

    assert names == {"postgres", "postgres.lock", "postgres.users", "secrets"}
    assert stat.S_IMODE((postgres.data_dir / "secrets").stat().st_mode) == 0o700


@as_root
def test_server_does_not_run_as_root(postgres):
    assert postgres_process(postgres.data_dir).username() == "galleria-postgres"


def test_socket_is_inside_a_short_data_folder(data_dir):
    assert EmbeddedPostgres(data_dir).socket_dir == data_dir / "postgres" / "socket"


def test_socket_of_a_long_data_folder_is_outside(data_dir, quick):
    postgres = EmbeddedPostgres(data_dir / ("long-" * 20))
    assert not postgres.socket_dir.is_relative_to(data_dir)

    with postgres.running(quick):
        assert query(postgres, "SELECT 1") == [(1,)]
        assert stat.S_IMODE(postgres.socket_dir.stat().st_mode) == 0o700
    postgres.socket_dir.rmdir()


def test_long_data_folders_have_different_sockets(data_dir):
    long = data_dir / ("long-" * 20)

    assert EmbeddedPostgres(long / "a").socket_dir != EmbeddedPostgres(long / "b").socket_dir


def test_link_in_place_of_the_socket_folder_is_refused(data_dir, quick):
    postgres = EmbeddedPostgres(data_dir / ("long-" * 20))
    elsewhere = data_dir / "elsewhere"
    elsewhere.mkdir()
    postgres.socket_dir.symlink_to(elsewhere)
    try:
        with (
            pytest.raises(EmbeddedPostgresError, match="belongs to another user"),
            postgres.running(quick),
        ):
            pass
    finally:
        postgres.socket_dir.unlink()
    assert list(elsewhere.iterdir()) == []


@as_root
def test_socket_folder_of_another_user_is_refused(data_dir, quick):
    postgres = EmbeddedPostgres(data_dir / ("long-" * 20))
    postgres.socket_dir.mkdir()
    os.chown(postgres.socket_dir, 65_534, 65_534)
    try:
        with (
            pytest.raises(EmbeddedPostgresError, match="belongs to another user"),
            postgres.running(quick),
        ):
            pass
    finally:
        postgres.socket_dir.rmdir()


@as_root
def test_every_changed_folder_is_reported_to_root(data_dir, quick, capsys):
    home = data_dir / "home"
    home.mkdir(mode=0o750)

    with EmbeddedPostgres(home / "shop").running(quick):
        pass

    said = capsys.readouterr().err.splitlines()
    assert [line for line in said if str(data_dir) in line] == [
        f"Running as root: letting other users traverse {home} (chmod o+x)",
        f"Creating a PostgreSQL cluster in {home / 'shop' / 'postgres'}",
    ]
    assert stat.S_IMODE(home.stat().st_mode) == 0o751


@as_root
def test_traversable_folders_are_not_changed(data_dir, quick, capsys):
    with EmbeddedPostgres(data_dir).running(quick):
        pass
    modes = [stat.S_IMODE(folder.stat().st_mode) for folder in data_dir.parents]
    capsys.readouterr()

    with EmbeddedPostgres(data_dir).running(quick):
        pass

    assert capsys.readouterr().err == ""
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in data_dir.parents] == modes


def test_data_folder_name_may_have_special_characters(data_dir):
    """With the settings, because the name becomes part of a URL and of PostgreSQL's files."""
    folder = data_dir / "it's 100% a&b=c#d?e"
    done = manage("migrate", "--plan", DATA_DIR=folder)

    assert done.returncode == 0, done.stderr
    assert "Planned operations" in done.stdout


def test_url_contains_role_password_and_socket(data_dir):
    url = urlsplit(EmbeddedPostgres(data_dir).url(APP_ROLE))

    assert url.username == APP_ROLE
    assert url.password == (data_dir / "secrets" / f"password_{APP_ROLE}").read_text()
    assert unquote(url.query) == f"host={data_dir}/postgres/socket"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT set_config('app.tenant_id', gen_random_uuid()::text, true)",
        "UPDATE pg_settings SET setting = '1s' WHERE name = 'statement_timeout'",
    ],
)
def test_application_cannot_change_settings_by_select(postgres, statement):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="set_config"):
        query(postgres, statement, role=APP_ROLE)


def test_statements_are_hidden_from_other_sessions(postgres):
    with closing(psycopg2.connect(postgres.url(APP_ROLE))) as other, other.cursor() as cursor:
        cursor.execute("SELECT 'a value of a shop'")
        seen = query(
            postgres,
            f"SELECT query FROM pg_stat_activity WHERE pid = {other.info.backend_pid}",
            role=APP_ROLE,
        )

    assert "a value of a shop" not in seen[0][0]


@pytest.mark.parametrize("role", [APP_ROLE, OWNER_ROLE])
def test_log_contains_no_values_of_rejected_rows(postgres, role):
    statement = "CREATE TEMP TABLE t (n int, hash text NOT NULL, CHECK (n > 0))"
    with pytest.raises(psycopg2.errors.CheckViolation):
        query(postgres, f"{statement}; INSERT INTO t VALUES (0, 'argon2id$secret')", role=role)

    log = (postgres.cluster / "server.log").read_text()
    assert "violates check constraint" in log
    assert "argon2id$secret" not in log
