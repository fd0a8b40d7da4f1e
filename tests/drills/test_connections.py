"""Clients that begin a request and never end it, without a proxy that waits for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drills.dawdlers import Dawdlers, half_a_header
from tests.drills.figures import Table, published
from tests.drills.load import Load, Request, percentile, statuses
from tests.drills.scenes import ACME, NO_RATES
from tests.processes import new_folder, serving

SECONDS = 4.0
LONGEST = 0.250
SHOP = Request(ACME, "/api/shop/")


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    with published("connections", drills=3) as table:
        yield table


@pytest.fixture
def folder() -> Iterator[Path]:
    with new_folder() as folder:
        yield folder


@pytest.mark.parametrize("number", [1_000, 5_000])
def test_half_sent_heads_keep_nobody_from_being_served(folder, table, number):
    with serving(folder, **NO_RATES) as server:
        people = Load(server.port, [SHOP], clients=2, seconds=SECONDS, pause=0.05)
        alone = people.run()
        with Dawdlers(server.port, [half_a_header(ACME)] * number):
            beside = people.run()

    before, after = percentile(alone, 0.99), percentile(beside, 0.99)
    table.add(
        f"{number:,} half-sent heads without a proxy",
        "1,000: nobody served for 10 s",
        "all served, p99 <= 250 ms",
        f"{statuses(beside)[200]} of {len(beside)} served, "
        f"p99 {before * 1000:.0f} -> {after * 1000:.0f} ms",
        met=set(statuses(beside)) == {200} and after <= LONGEST,
    )
    assert set(statuses(beside)) == {200}
    assert after <= 2 * LONGEST


def test_control_half_sent_heads_hold_the_connections_that_granian_has_by_default(folder, table):
    with serving(folder, **NO_RATES, DJANGO_SETTINGS_MODULE="tests.drills.few_clients") as server:
        people = Load(server.port, [SHOP], clients=2, seconds=SECONDS)
        with Dawdlers(server.port, [half_a_header(ACME)] * 1_500):
            answers = people.run()

    waited = max(answer.seconds for answer in answers)
    table.add(
        "control: 1,500 half-sent heads, 512 clients a worker",
        "-",
        "a request waits for the heads to time out",
        f"{waited:.1f} s",
        met=waited > 1,
    )
    assert waited > 1
