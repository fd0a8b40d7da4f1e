"""The server is killed while it opens shops: each is there as a whole, or not at all."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count

import pytest

from apps.server.embedded import EmbeddedPostgres
from tests.apps.shops.requests import OWNER, opening
from tests.drills.clients import NO_ANSWER, Client, Crowd, Sample, crowds
from tests.drills.cluster import Cluster
from tests.drills.ledger import Ledger
from tests.drills.scenes import NO_RATES
from tests.processes import ROOT, Server, environment, is_alive, new_folder, until

CLIENTS = 16
OPENINGS = 1_000
DRILL = "server killed by -9 while it opens shops (F15)"
PLAN = {
    DRILL: (
        "atomic 0 half of 329; autocommit 8 half of 112",
        "0 half of 1,000; every acknowledged shop is there",
    )
}
DEMO_SHOPS = "'acme', 'globex'"
#: Shops without an owner or without a record, and owners and records without a shop.
HALF = f"""
SELECT code FROM tenants AS shop WHERE code NOT IN ({DEMO_SHOPS}) AND (
    NOT EXISTS (SELECT FROM users WHERE tenant_id = shop.id AND role = 'owner')
    OR NOT EXISTS (
        SELECT FROM audit_events WHERE tenant_id = shop.id AND action = 'shop.opened'
    )
)
UNION ALL
SELECT tenant_id::text FROM users WHERE tenant_id NOT IN (SELECT id FROM tenants)
UNION ALL
SELECT tenant_id::text FROM audit_events WHERE tenant_id NOT IN (SELECT id FROM tenants)
"""
NO_OWNER = """
SELECT code FROM tenants AS shop
WHERE NOT EXISTS (SELECT FROM users WHERE tenant_id = shop.id AND role = 'owner')
"""

_numbers = count(1)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with new_folder() as folder:
        postgres = EmbeddedPostgres(folder)
        with postgres.running(lambda _: None):
            yield Cluster(postgres)


def open_a_shop(client: Client) -> Sample:
    code = f"drill-{next(_numbers)}"
    return client.ask("POST", "/api/shops/", opening(code), wrote=code)


def kill_all_of(server: Server) -> None:
    everything = [server.process, *server.process.children(recursive=True)]
    for process in everything:
        process.kill()
    server.process.wait(10)
    until(lambda: not any(is_alive(process) for process in everything))


def test_killed_server_leaves_no_half_shop(cluster):
    ledger = Ledger(PLAN)
    server = Server(cluster.postgres.data_dir, NO_RATES)
    clients = [Client(server.port, "localhost", sends_again=False) for _ in range(CLIENTS)]
    crowd = Crowd(clients, open_a_shop)
    server.start()
    kills = 0
    with crowds(crowd):
        while len(_begun(crowd)) < OPENINGS:
            goal = len(_begun(crowd)) + random.randint(50, 150)
            until(lambda: len(_begun(crowd)) >= goal)  # noqa: B023 -- it is over before the next
            time.sleep(random.uniform(0, 0.1))
            kill_all_of(server)
            kills += 1
            server.start()
    try:
        half = cluster.column(HALF)
        lost = crowd.written - cluster.column("SELECT code FROM tenants")
        for code in random.sample(sorted(crowd.written), 10):
            server.log_in(f"{code}.localhost", OWNER["email"], OWNER["password"])
    finally:
        server.terminate()

    begun = _begun(crowd)
    cut_off = [sample for sample in begun if sample.status == NO_ANSWER]
    met = not (half or lost)
    ledger.enter(
        DRILL,
        f"{len(half)} half of {len(begun)}, {len(cut_off)} of them cut off by {kills} kills; "
        f"{len(lost)} of {len(crowd.written)} acknowledged lost, 10 of them logged in to; "
        f"control: {len(careless(cluster))} half by 5 kills without a transaction",
        met=met,
    )
    ledger.publish("openings")
    assert len(cut_off) > kills
    assert met, [half, lost]


def _begun(crowd: Crowd) -> list[Sample]:
    """Return the openings that the server was at work on, done or cut off.

    An idle connection that it had closed is noticed in less time than any work takes.
    """
    return [
        sample
        for sample in list(crowd.samples)
        if sample.status == 201 or (sample.status == NO_ANSWER and sample.seconds > 0.005)
    ]


def careless(cluster: Cluster) -> set[str]:
    """Open shops without a transaction and kill whoever does; return the halves that leaves."""
    url = cluster.postgres.url("galleria_app")
    for number in range(5):
        opener = subprocess.Popen(
            [sys.executable, "-m", "tests.drills.careless", f"careless-{number}"],
            cwd=ROOT,
            env=environment(DATABASE_URL=url, DATA_DIR=cluster.postgres.data_dir),
            stdout=subprocess.PIPE,
        )
        opener.stdout.read(3)
        time.sleep(random.uniform(0, 0.2))
        opener.kill()
        opener.wait()
        opener.stdout.close()
    half = cluster.column(NO_OWNER)
    assert half
    return half
