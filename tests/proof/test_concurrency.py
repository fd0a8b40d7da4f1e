"""Sixteen clients and a hundred shops on every kind of server: no answer has a foreign row."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest
from django.conf import settings

from apps.embedded_postgres.cluster import EmbeddedPostgres
from apps.embedded_postgres.roles import APP_ROLE, OWNER_ROLE
from tests.apps.users.factories import PASSWORD
from tests.processes import AsgiServer, Server, manage, new_folder, started
from tests.proof.pooler import pooling
from tests.proof.shops import Shop, make_shops
from tests.proof.steps import STEPS
from tests.proof.traffic import THREADS, Tally, drive, log_in
from tests.report import publish

SHOPS = 100
ALL_REQUESTS = 100_000
#: Fewer are for trying things out, and are not published.
REQUESTS = int(os.environ.get("PROOF_REQUESTS", ALL_REQUESTS))
CONTROL_REQUESTS = 1_000
#: Access tokens live ten minutes, also on a slow machine.
REQUESTS_OF_A_TOKEN = 20_000

#: Sixteen clients ask more than the limits on requests allow.
NO_LIMITS = dict.fromkeys(("RATE_SHOP", "RATE_USER", "RATE_ADDRESS"), "10000000/min")
OF_SESSION = ("the tenant is set for the session", "tests.proof.session_level")
OF_THREADS = ("all threads have one active tenant", "tests.proof.shared_context")


@dataclass(frozen=True)
class Arrangement:
    """A server in front of a database, and its share of the requests."""

    server: type[Server]
    workers: int
    is_pooled: bool
    share: float

    @property
    def name(self) -> str:
        if self.server is AsgiServer:
            return "granian, ASGI"
        return f"granian, WSGI, {self.workers} worker{'s' * (self.workers > 1)} of threads"


ARRANGEMENTS = [
    Arrangement(Server, 1, is_pooled=False, share=0.05),
    Arrangement(Server, 2, is_pooled=False, share=0.19),
    Arrangement(Server, 4, is_pooled=False, share=0.11),
    Arrangement(AsgiServer, 1, is_pooled=False, share=0.05),
    Arrangement(Server, 2, is_pooled=True, share=0.56),
    Arrangement(AsgiServer, 1, is_pooled=True, share=0.04),
]


@dataclass(frozen=True)
class Control:
    """A server with a defect in its settings, which leaks unless `is_right_so`."""

    fault: str
    settings: str
    server: type[Server]
    is_pooled: bool
    is_right_so: bool = False

    @property
    def name(self) -> str:
        return f"granian, {'ASGI' if self.server is AsgiServer else 'WSGI'}: {self.fault}"


CONTROLS = [
    Control(*OF_SESSION, Server, is_pooled=False, is_right_so=True),
    Control(*OF_SESSION, Server, is_pooled=True),
    Control(*OF_THREADS, Server, is_pooled=False),
    Control(*OF_THREADS, AsgiServer, is_pooled=False),
]


@pytest.fixture(scope="module")
def postgres() -> Iterator[EmbeddedPostgres]:
    with new_folder() as folder:
        cluster = EmbeddedPostgres(folder)
        with cluster.running({"fsync": "off"}):
            done = manage("migrate", DATA_DIR=folder)
            assert done.returncode == 0, done.stderr
            yield cluster


@pytest.fixture(scope="module")
def shops(postgres) -> list[Shop]:
    return make_shops(SHOPS, DATA_DIR=postgres.data_dir)


@contextmanager
def reaching(postgres: EmbeddedPostgres, *, is_pooled: bool) -> Iterator[str]:
    """Yield the URL of the application's role, straight or through the pooler."""
    with pooling(postgres) if is_pooled else nullcontext(postgres.url(APP_ROLE)) as url:
        yield url


@contextmanager
def serving(
    postgres: EmbeddedPostgres, kind: type[Server], *, is_pooled: bool, **variables: Any
) -> Iterator[Server]:
    """Serve a database that the server knows by a URL alone, as an operator's."""
    with reaching(postgres, is_pooled=is_pooled) as url:
        server = kind(postgres.data_dir, {**NO_LIMITS, "DATABASE_URL": url, **variables})
        with started(server):
            yield server


def serve_and_drive(
    postgres: EmbeddedPostgres, shops: list[Shop], number: int, arrangement: Arrangement
) -> Tally:
    """Return how an arrangement did with its share of the requests."""
    with serving(
        postgres,
        arrangement.server,
        is_pooled=arrangement.is_pooled,
        WORKERS=arrangement.workers,
    ) as server:
        tally, requests = Tally(), round(REQUESTS * arrangement.share)
        while tally.requests < requests:
            passes = log_in(server.port, shops, PASSWORD)
            left = min(requests - tally.requests, REQUESTS_OF_A_TOKEN)
            run = f"run-{number}-{tally.requests}"
            tally += drive(server.port, shops, passes, left, run)
        return tally


def test_no_response_is_wrong_on_any_server(postgres, shops):
    tallies = [
        serve_and_drive(postgres, shops, number, arrangement)
        for number, arrangement in enumerate(ARRANGEMENTS)
    ]

    if REQUESTS >= ALL_REQUESTS:
        publish(
            "proof",
            "concurrency",
            ["server", "database", "requests", "clients", "shops", "wrong", "requests/s, relative"],
            [_row(*pair, tallies[0].rate) for pair in zip(ARRANGEMENTS, tallies, strict=True)],
            summary=f"{sum(tally.requests for tally in tallies):,} requests, "
            f"{sum(len(tally.wrong) for tally in tallies)} wrong",
        )
    for arrangement, tally in zip(ARRANGEMENTS, tallies, strict=True):
        assert (tally.wrong, tally.leaks) == ([], []), arrangement
        assert tally.requests >= round(REQUESTS * arrangement.share)
    assert set().union(*(tally.steps for tally in tallies)) == set(STEPS)


def _row(arrangement: Arrangement, tally: Tally, rate: float) -> list[object]:
    figures = [tally.requests, THREADS, SHOPS, len(tally.wrong), f"{tally.rate / rate:.2f}"]
    return [arrangement.name, _database(arrangement.is_pooled), *figures]


def _database(is_pooled: bool) -> str:
    return "PgBouncer, 1 connection" if is_pooled else "PostgreSQL"


def test_controls_return_wrong_responses(postgres, shops):
    """The same traffic detects each control; a session-level tenant is right without a pooler."""
    with serving(postgres, Server, is_pooled=False) as server:
        passes = log_in(server.port, shops, PASSWORD)
    rows = []
    for number, control in enumerate(CONTROLS):
        # Separate shops, because a control may write wrong rows.
        own = shops[number :: len(CONTROLS)]
        variables = {"DJANGO_SETTINGS_MODULE": control.settings}
        with serving(postgres, control.server, is_pooled=control.is_pooled, **variables) as server:
            tally = drive(server.port, own, passes, CONTROL_REQUESTS, f"control-{number}")
        if control.is_right_so:
            assert (tally.wrong, tally.leaks) == ([], []), control
        else:
            assert len(tally.wrong) > len(tally.leaks) > 0, control
        figures = [tally.requests, len(tally.wrong), len(tally.leaks)]
        rows.append([control.name, _database(control.is_pooled), *figures])
    publish(
        "proof",
        "concurrency-control",
        ["server", "database", "requests", "wrong", "with another shop's rows or texts"],
        rows,
        summary=f"{sum(not control.is_right_so for control in CONTROLS)} faulty servers, all found",
    )


def test_suspension_is_seen_at_once_behind_a_pooler(postgres, shops):
    with (
        serving(postgres, Server, is_pooled=True) as server,
        closing(psycopg2.connect(postgres.url(OWNER_ROLE))) as owner,
    ):
        owner.autocommit = True
        for status, expected in [("open", 200), ("suspended", 404)] * 10:
            with owner.cursor() as cursor:
                cursor.execute(
                    "UPDATE tenants SET status = %s WHERE id = %s", [status, shops[0].id]
                )
            answers = {server.get(shops[0].host, "/api/shop/").status for _ in range(8)}
            assert answers == {expected}


@pytest.mark.parametrize("is_pooled", [False, True], ids=["direct", "pooled"])
def test_timeouts_apply_to_every_connection(postgres, is_pooled):
    with reaching(postgres, is_pooled=is_pooled) as url, closing(psycopg2.connect(url)) as ours:
        cursor = ours.cursor()
        assert time_outs(cursor) == list(settings.DATABASE_TIMEOUTS.values())
        with pytest.raises(psycopg2.errors.QueryCanceled):
            cursor.execute("SELECT pg_sleep(30)")


def test_control_another_role_has_no_timeouts(postgres):
    with closing(psycopg2.connect(postgres.url(OWNER_ROLE))) as owner:
        assert time_outs(owner.cursor()) == ["0"] * len(settings.DATABASE_TIMEOUTS)


def time_outs(cursor: Any) -> list[str]:
    shown = []
    for name in settings.DATABASE_TIMEOUTS:
        cursor.execute(f"SHOW {name}")
        shown += cursor.fetchone()
    return shown
