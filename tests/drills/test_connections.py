"""Clients that begin a request and never end it, without a proxy that waits for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.drills.figures import Table, published
from tests.drills.fixtures import ACME, NO_RATES
from tests.load.process import run
from tests.load.requests import Request, percentile, statuses
from tests.load.slow_clients import half_a_header, slow_clients
from tests.load.threads import Load
from tests.processes import serving

SECONDS = 4.0
LONGEST = 0.250
SHOP = Request(ACME, "/api/shop/")


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    with published("connections", drills=3) as table:
        yield table


@pytest.mark.parametrize("number", [1_000, 5_000])
def test_half_sent_headers_do_not_block_other_clients(folder, table, number):
    with serving(folder, **NO_RATES) as server:
        load = Load(server.port, [SHOP], clients=2, seconds=SECONDS, pause=0.05)
        alone = run(load)
        with slow_clients(server.port, [half_a_header(ACME)] * number):
            beside = run(load)

    before, after = percentile(alone, 0.99), percentile(beside, 0.99)
    table.add(
        f"{number:,} half-sent heads without a proxy",
        "1,000: none served for 10 s",
        "all served, p99 <= 250 ms",
        f"{statuses(beside)[200]} of {len(beside)} served, "
        f"p99 {before * 1000:.0f} -> {after * 1000:.0f} ms",
        met=set(statuses(beside)) == {200} and after <= LONGEST,
    )
    assert set(statuses(beside)) == {200}
    assert after <= 2 * LONGEST


def test_control_half_sent_headers_block_granians_default_connections(folder, table):
    with serving(folder, **NO_RATES, DJANGO_SETTINGS_MODULE="tests.drills.few_clients") as server:
        load = Load(server.port, [SHOP], clients=2, seconds=SECONDS)
        with slow_clients(server.port, [half_a_header(ACME)] * 1_500):
            samples = run(load)

    waited = max(sample.seconds for sample in samples)
    table.add(
        "control: 1,500 half-sent heads, 512 clients a worker",
        "-",
        "a request waits for the heads to time out",
        f"{waited:.1f} s",
        met=waited > 1,
    )
    assert waited > 1
