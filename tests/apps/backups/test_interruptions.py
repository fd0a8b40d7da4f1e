"""Interrupted commands leave no file and change no row."""

from __future__ import annotations

import signal
import subprocess
import sys

import psutil
import pytest
from django.conf import settings
from django.db import connections, transaction

from tests.apps.backups.files import as_owner, refusal, run
from tests.isolation.fixtures import fingerprint
from tests.processes import DEADLINE, environment, until, variables_of_test_database

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)


def start(*arguments, **variables):
    """Start a command in a new session, as a terminal does."""
    return psutil.Popen(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=settings.ROOT_DIR,
        env=environment(**variables_of_test_database(), **variables),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        # A shell that runs us in the background has us ignore it, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def others():
    """Return how many sessions of other processes are in this database, and how many wait."""
    as_owner("SELECT pg_stat_clear_snapshot()")
    return as_owner(
        "SELECT count(*), count(*) FILTER (WHERE wait_event_type = 'Lock') FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'galleria-owner'"
        " AND pid <> pg_backend_pid()"
    )[0]


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_backup_leaves_no_file(acme, tmp_path, stop, code):
    folder = tmp_path / "backups"
    folder.mkdir()
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("LOCK TABLE products")
        command = start("backup", folder / "x.zip", "--shop", "acme")
        until(lambda: others()[1] == 1)
        assert len(list(folder.iterdir())) == 1
        command.send_signal(stop)

    assert command.wait(30) == code
    assert list(folder.iterdir()) == []


def test_killed_restore_changes_no_row(acme, globex, file):
    before = (fingerprint(acme), fingerprint(globex))
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        # It has deleted users and waits for the products.
        cursor.execute("LOCK TABLE products")
        command = start("restore", file, "--shop", "acme", "--replace")
        until(lambda: others()[1] == 1)
        command.kill()
        command.wait(30)

    until(lambda: others()[0] == 0)
    assert (fingerprint(acme), fingerprint(globex)) == before
    run("restore", file, "--shop", "acme", "--replace")
    assert (fingerprint(acme), fingerprint(globex)) == before


def test_commands_report_errors_in_one_line_with_an_exit_code(acme, globex, file):
    for arguments in (
        ("backup", file, "--shop", "acme"),
        ("backup", file.parent / "missing" / "x.zip", "--shop", "acme"),
        ("restore", file, "--shop", "globex"),
        ("restore", file.parent / "missing.zip", "--shop", "acme"),
    ):
        done = subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=settings.ROOT_DIR,
            env=environment(**variables_of_test_database()),
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert done.stderr.startswith("CommandError: ")


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_commands_without_a_shop_point_to_pg_dump(file, tmp_path, command):
    before = file.read_bytes()

    said = refusal(command, file)

    assert said == "Pass --shop, or use pg_dump and pg_restore: see docs/operations.md."
    assert (list(tmp_path.iterdir()), file.read_bytes()) == ([file], before)
