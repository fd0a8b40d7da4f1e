"""The server is reloaded and replaced without a failed request."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle
from pathlib import Path

import psycopg2
import pytest

from apps.embedded_postgres.cluster import EmbeddedPostgres
from apps.embedded_postgres.roles import OWNER_ROLE
from tests.drills.figures import Table, published
from tests.drills.fixtures import NO_RATES, reading_and_writing
from tests.drills.nginx import proxying
from tests.load.process import LoadProcess
from tests.load.requests import Sample, failures, percentile, statuses
from tests.load.threads import Load
from tests.processes import Server, serving, until

REQUESTS = 10_000
CLIENTS = 8
DRAIN_SECONDS = 20
#: A connection that is not accepted yet is dropped when the socket is closed, and no proxy may
#: repeat a POST: seen once in 52 restarts, of 58,000 requests.
CUT_OFF = 1


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    with published("server", drills=2) as table:
        yield table


def products(folder: Path, prefix: str) -> int:
    """Count the products that a load has created, bypassing the policies."""
    with closing(psycopg2.connect(EmbeddedPostgres(folder).url(OWNER_ROLE))) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM products WHERE code LIKE %s", [f"{prefix}-%"])
        return cursor.fetchone()[0]


def summary(samples: list[Sample], interruptions: str) -> str:
    posts = sum(sample.request.method == "POST" for sample in samples)
    return (
        f"{len(failures(samples))} failed of {len(samples):,} ({posts:,} writing), "
        f"p99 {percentile(samples, 0.99) * 1000:.0f} ms, {interruptions}"
    )


def test_reload_fails_no_request(folder, table):
    with serving(folder, **NO_RATES) as server:
        requests = reading_and_writing(server, "reload")
        reloads = 0
        with LoadProcess(Load(server.port, requests, CLIENTS, total=REQUESTS)) as load:
            while not load.is_done:
                reload(server)
                reloads += 1
            samples = load.samples()

        measured = summary(samples, f"{reloads} reloads")
        met = not failures(samples)
        table.add("SIGHUP under load (F7)", "0 of 178", f"0 of {REQUESTS:,}", measured, met=met)
        assert failures(samples) == []
        assert set(statuses(samples)) == {200, 201}
        assert products(folder, "reload") == statuses(samples)[201]
        assert reloads >= 2


def reload(server: Server) -> None:
    """Have every worker replaced."""
    before = server.workers
    server.process.send_signal(signal.SIGHUP)
    until(lambda: len(server.workers) == 2 and not set(before) & set(server.workers))


def test_rolling_restart_fails_no_request(folder, table):
    settings = {**NO_RATES, "TRUSTED_PROXIES": 1}
    with (
        serving(folder, **settings) as first,
        serving(folder, **settings, DEMO=0) as second,
        proxying(first.port, second.port) as port,
    ):
        requests = reading_and_writing(first, "rolling")
        drains = []
        with LoadProcess(Load(port, requests, CLIENTS, total=REQUESTS)) as load:
            for instance in cycle([first, second]):
                if load.is_done:
                    break
                drains.append(restart(instance))
            samples = load.samples()

        interruptions = f"{len(drains)} restarts, longest drain {max(drains):.1f} s"
        met = not failures(samples) and max(drains) <= DRAIN_SECONDS
        table.add(
            "SIGTERM and restart in turn, two instances behind nginx (F8)",
            "5 resets, rest refused",
            f"0 of {REQUESTS:,}, drain <= {DRAIN_SECONDS} s",
            summary(samples, interruptions),
            met=met,
        )
        assert len(failures(samples)) <= CUT_OFF
        assert statuses(samples).keys() - statuses(failures(samples)).keys() == {200, 201}
        assert products(folder, "rolling") == statuses(samples)[201]
        assert max(drains) <= DRAIN_SECONDS
        assert len(drains) >= 2


def restart(server: Server) -> float:
    """Stop an instance and start it again; return the seconds that it took to stop."""
    began = time.monotonic()
    server.terminate()
    seconds = time.monotonic() - began
    server.start()
    return seconds


def test_control_restart_of_the_only_instance_fails_requests(folder):
    with serving(folder, **NO_RATES) as server, proxying(server.port) as port:
        requests = reading_and_writing(server, "control")
        with LoadProcess(Load(port, requests, CLIENTS)) as load:
            restart(server)
            samples = load.stop()

    assert set(statuses(failures(samples))) == {502}
