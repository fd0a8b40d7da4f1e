"""The server is killed while it opens shops: each is there as a whole, or not at all."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

import pytest

from apps.embedded_postgres.cluster import EmbeddedPostgres
from apps.embedded_postgres.roles import APP_ROLE, OWNER_ROLE
from tests.apps.shops.requests import OWNER, opening
from tests.drills.clients import Client, Crowd, Sample, crowds
from tests.drills.cluster import Cluster
from tests.drills.figures import published
from tests.drills.scenes import NO_RATES
from tests.processes import Server, is_alive, new_folder, serving, until

CLIENTS = 16
OPENINGS = 1_000
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
#: Between the rows of a shop passes time enough to be killed in.
SLOW_OWNERS = """
CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_sleep(0.05); RETURN new; END $$;
CREATE TRIGGER take_time BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION take_time()
"""
#: Whoever inserts an owner now, its shop's row being written already.
AT_WORK = f"""
SELECT count(*) FROM pg_stat_activity
WHERE usename = '{APP_ROLE}' AND wait_event = 'PgSleep'
"""
WITHOUT_TRANSACTIONS = {"DJANGO_SETTINGS_MODULE": "tests.drills.autocommit"}

_numbers = count(1)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with new_folder() as folder:
        postgres = EmbeddedPostgres(folder)
        with postgres.running():
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


@dataclass
class Massacre:
    """Openings, by a server that is killed again and again, always in the middle of some."""

    cluster: Cluster
    settings: Mapping[str, str]
    openings: int
    caught: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server = Server(self.cluster.postgres.data_dir, {**NO_RATES, **self.settings})
        port = self.server.port
        clients = [Client(port, "localhost", sends_again=False) for _ in range(CLIENTS)]
        self.crowd = Crowd(clients, open_a_shop)

    def run(self) -> None:
        """Open and kill until enough were opened; leave the server running."""
        self.server.start()
        with crowds(self.crowd):
            while len(self.crowd.written) < self.openings:
                goal = len(self.crowd.written) + random.randint(50, 100)
                until(lambda: len(self.crowd.written) >= goal)  # noqa: B023 -- over before the next
                until(self._is_somebody_at_work)
                kill_all_of(self.server)
                self.server.start()

    def half(self) -> set[str]:
        return self.cluster.column(HALF)

    def _is_somebody_at_work(self) -> bool:
        [(number,)] = self.cluster.ask(AT_WORK)
        self.caught += [number] * (number > 0)
        return bool(number)


def test_killed_server_leaves_no_half_shop(cluster):
    with serving(cluster.postgres.data_dir):  # migrated, and with its demo shops
        cluster.ask(SLOW_OWNERS, OWNER_ROLE)
    killing = Massacre(cluster, {}, OPENINGS)
    killing.run()
    written = killing.crowd.written
    half = killing.half()
    lost = written - cluster.column("SELECT code FROM tenants")
    for code in random.sample(sorted(written), 10):
        killing.server.log_in(f"{code}.localhost", OWNER["email"], OWNER["password"])
    killing.server.terminate()
    careless = Massacre(cluster, WITHOUT_TRANSACTIONS, OPENINGS // 10)
    careless.run()
    careless.server.terminate()
    broken = careless.half() - half

    met = not (half or lost)
    with published("openings", drills=1) as table:
        table.add(
            "server killed by -9 while it opens shops (F15)",
            "atomic 0 half of 329; autocommit 8 half of 112",
            "0 half of 1,000; every acknowledged shop is there",
            f"{len(half)} half of {len(written) + sum(killing.caught):,}, "
            f"{sum(killing.caught)} of them between their first row and their last at one of "
            f"{len(killing.caught)} kills; {len(lost)} of {len(written):,} acknowledged lost, 10 "
            f"of them logged in to; control: {len(broken)} half by {len(careless.caught)} such "
            "kills without a transaction",
            met=met,
        )
    assert met, [half, lost]
    assert broken
