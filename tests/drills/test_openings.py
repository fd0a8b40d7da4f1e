"""A killed server leaves each new shop complete or absent."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from apps.embedded_postgres.cluster import EmbeddedPostgres
from apps.embedded_postgres.roles import APP_ROLE, OWNER_ROLE
from tests.apps.shops.requests import OWNER, opening
from tests.drills.cluster import Cluster
from tests.drills.figures import published
from tests.drills.fixtures import NO_RATES, steady_load
from tests.load.requests import Request, statuses
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
#: The owners being inserted now, after the row of their shop.
AT_WORK = f"""
SELECT count(*) FROM pg_stat_activity
WHERE usename = '{APP_ROLE}' AND wait_event = 'PgSleep'
"""
WITHOUT_TRANSACTIONS = {"DJANGO_SETTINGS_MODULE": "tests.drills.autocommit"}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with new_folder() as folder:
        postgres = EmbeddedPostgres(folder)
        with postgres.running():
            yield Cluster(postgres)


def kill_all_of(server: Server) -> None:
    everything = [server.process, *server.process.children(recursive=True)]
    for process in everything:
        process.kill()
    server.process.wait(10)
    until(lambda: not any(is_alive(process) for process in everything))


@dataclass
class Openings:
    """Openings of shops, by a server that is killed again and again in the middle of some."""

    cluster: Cluster
    prefix: str
    settings: Mapping[str, str]
    number: int
    caught: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server = Server(self.cluster.postgres.data_dir, {**NO_RATES, **self.settings})
        request = Request("localhost", "/api/shops/", "POST", opening(f"{self.prefix}-{{n}}"))
        self.load = steady_load(self.server, [request], CLIENTS, resends=False)

    def run(self) -> None:
        """Open and kill until enough were opened; leave the server running."""
        self.server.start()
        with self.load:
            while self.opened < self.number:
                goal = self.opened + random.randint(50, 100)
                until(lambda: self.opened >= goal)  # noqa: B023 -- over before the next
                until(self._is_owner_being_inserted)
                kill_all_of(self.server)
                self.server.start()

    @property
    def opened(self) -> int:
        return statuses(list(self.load.samples))[201]

    def half(self) -> set[str]:
        return self.cluster.column(HALF)

    def _is_owner_being_inserted(self) -> bool:
        [(number,)] = self.cluster.ask(AT_WORK)
        self.caught += [number] * (number > 0)
        return bool(number)


def test_killed_server_leaves_no_incomplete_shop(cluster):
    with serving(cluster.postgres.data_dir):  # migrated, and with its demo shops
        cluster.ask(SLOW_OWNERS, OWNER_ROLE)
    killing = Openings(cluster, "drill", {}, OPENINGS)
    killing.run()
    written = killing.load.written
    half = killing.half()
    lost = written - cluster.column("SELECT code FROM tenants")
    for code in random.sample(sorted(written), 10):
        killing.server.log_in(f"{code}.localhost", OWNER["email"], OWNER["password"])
    killing.server.terminate()
    careless = Openings(cluster, "careless", WITHOUT_TRANSACTIONS, OPENINGS // 10)
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
