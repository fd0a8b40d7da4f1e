"""The disk under the database fills up: reads go on, and nothing acknowledged is lost."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2
import pytest

from apps.embedded_postgres.cluster import EmbeddedPostgres
from apps.embedded_postgres.roles import APP_ROLE, OWNER_ROLE
from tests.drills.cluster import Cluster
from tests.drills.figures import Table, published
from tests.drills.fixtures import NO_RATES, reading, steady_load, writing
from tests.drills.outages import Outage
from tests.processes import new_folder, serving

TABLES = "no room for tables"
WAL = "no room for WAL: PostgreSQL panics"
PLAN = {
    TABLES: ("-", "writes 503 + Retry-After, no other error; all reads answered"),
    WAL: (
        "-",
        "503 + Retry-After, no other error; no worker restarts; first success <= 1 s after room is "
        "made and PostgreSQL runs; 0 acknowledged writes lost",
    ),
}


class NoSmallDisk(Exception):
    """A small disk is required, and the privileges to mount one are missing."""


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount a file system in memory at a folder."""
    options = "size=160m,mode=0711"
    command = ["mount", "-t", "tmpfs", "-o", options, "drill", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        raise NoSmallDisk(mounted.stderr)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take all the room that is left; return the file to delete for it to come back."""
    ballast = folder / "ballast"
    block = bytes(2**16)
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(block) == len(block):
                pass
        except OSError:
            pass
    assert os.statvfs(folder).f_bavail == 0
    return ballast


def use_up_wal(cluster: Cluster) -> None:
    """Ask for new segments of WAL until there is no room for one."""
    segments = 0
    with suppress(psycopg2.OperationalError):
        while segments < 20:
            cluster.ask("CREATE TEMPORARY TABLE written (); SELECT pg_switch_wal()")
            segments += 1
    assert segments < 20


def test_full_disk_refuses_writes_and_loses_none():
    with published("disk", drills=len(PLAN)) as table, new_folder() as disk:
        try:
            with small_disk(disk):
                run_out_of_room(disk, table)
        except NoSmallDisk as reason:
            for drill, expected in PLAN.items():
                table.add(drill, *expected, f"not drilled: {reason}", met=False)
            pytest.skip(f"No small disk could be mounted: {reason}")


def run_out_of_room(disk: Path, table: Table) -> None:
    with new_folder() as folder:
        postgres = EmbeddedPostgres(disk)
        urls = {
            "DATABASE_URL": postgres.url(APP_ROLE),
            "DATABASE_OWNER_URL": postgres.url(OWNER_ROLE),
        }
        with (
            postgres.running(),
            serving(folder, **urls, **NO_RATES) as server,
        ):
            cluster, workers = Cluster(postgres), server.workers
            reads, writes = reading(server), writing(server, "disk")
            with (
                steady_load(server, reads, clients=2) as readers,
                steady_load(server, writes, clients=4) as writers,
            ):
                time.sleep(1.5)
                ballast = fill(disk)
                full = time.monotonic()
                time.sleep(6)
                panic = time.monotonic()
                use_up_wal(cluster)
                time.sleep(2)
                ballast.unlink()
                back = cluster.accepts() or cluster.start()
                room = time.monotonic()
                assert back
                time.sleep(2)

            restarts = len(set(server.workers) - set(workers))
            lost = writers.written - cluster.column("SELECT code FROM products")

    reads, writes = readers.between(full, panic - 1), writers.between(full, panic - 1)
    refused = [sample for sample in writes if sample.is_clean_refusal]
    unread = [sample for sample in reads if sample.status != 200]
    odd = [s for s in writes if s.status != 201 and not s.is_clean_refusal]
    table.add(
        TABLES,
        *PLAN[TABLES],
        f"{len(refused)} of {len(writes)} writes 503, {len(odd)} other errors; "
        f"{len(reads) - len(unread)} of {len(reads)} reads answered",
        met=bool(refused) and not (unread or odd),
    )
    # The control: all of PostgreSQL is unavailable now, for readers too.
    assert [s for s in readers.between(panic, room) if s.is_clean_refusal]
    outage = Outage(writers, panic, room)
    met = not (outage.unclean or lost or restarts) and outage.recovery <= 1
    table.add(
        WAL,
        *PLAN[WAL],
        f"{outage}; {restarts} workers restarted; "
        f"{len(lost)} of {len(writers.written)} writes lost",
        met=met,
    )
    assert refused
    assert unread == odd == []
    assert met, [outage, outage.unclean, lost]
