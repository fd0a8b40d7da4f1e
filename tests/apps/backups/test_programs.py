"""Programs that are as new as the server, and mended."""

from __future__ import annotations

import shutil
import sys
from io import BytesIO

import psutil
import pytest

from apps.backups.exceptions import BackupError
from apps.backups.programs import output_of, require_program
from apps.server.embedded import programs_folder

NEWEST = 990_000


@pytest.fixture
def in_path(tmp_path, monkeypatch):
    """Put a pg_dump that says it is of some version into the PATH, in front of all others."""

    def put(version):
        program = tmp_path / "pg_dump"
        program.write_text(f'#!/bin/sh\necho "pg_dump (PostgreSQL) {version}"\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        return program

    return put


def test_embedded_servers_own_is_found_without_any_in_the_path(monkeypatch):
    monkeypatch.setenv("PATH", "")

    assert require_program("pg_dump", 180_000) == programs_folder() / "pg_dump"


@pytest.mark.parametrize("version", ["15.14", "15.14 (Debian 15.14-0+deb12u1)", "16.10", "17.6"])
def test_oldest_that_fits_is_taken(in_path, version):
    program = in_path(version)

    assert require_program("pg_dump", 150_003) == program


@pytest.mark.parametrize("version", ["14.19", "15.13", "16.9", "17.5", "", "19beta1"])
def test_older_or_unmended_or_strange_is_passed_over(in_path, version):
    """CVE-2025-8714 and 8715 were mended in 15.14, 16.10 and 17.6."""
    in_path(version)

    assert require_program("pg_dump", 150_003) == programs_folder() / "pg_dump"


def test_program_that_cannot_be_run_is_passed_over(in_path):
    in_path("99.1").chmod(0o644)

    with pytest.raises(BackupError):
        require_program("pg_dump", NEWEST)


def test_refusal_says_what_there_is_and_what_to_install(in_path):
    program = in_path("17.6")

    with pytest.raises(BackupError) as caught:
        require_program("pg_dump", NEWEST)

    said = str(caught.value)
    assert "The server is PostgreSQL 99, which needs pg_dump 99 or later" in said
    assert f"17.6 ({program})" in said
    assert "Install postgresql-client-99" in said


def test_output_is_read_and_input_is_fed():
    big = b"x" * 3_000_000

    with output_of([shutil.which("cat")], stdin=BytesIO(big)) as output:
        assert output.read() == big


def test_failure_says_the_programs_last_words():
    complain = "import sys; sys.stdin.close(); print('first\\nlast', file=sys.stderr); sys.exit(3)"

    with (
        pytest.raises(BackupError, match=r"failed\. last$"),
        output_of([sys.executable, "-c", complain], stdin=BytesIO(b"x" * 3_000_000)) as output,
    ):
        output.read()


def test_program_ends_with_the_block():
    def children():
        return {child.pid for child in psutil.Process().children()}

    def interrupted():
        with output_of([shutil.which("sleep"), "60"]):
            started.extend(children() - before)
            raise KeyboardInterrupt

    before, started = children(), []
    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert len(started) == 1
    assert children() == before
