"""Short rounds of all contestants and scenarios, in another random order in each cycle."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import psutil
from django.conf import settings

from bench.contestants import Contestant
from bench.figures import Figures, Round
from bench.load.wrk import LoadFailed, Post, Sample, Target, load, require_status
from bench.processes import cpu_seconds, worker_memory
from bench.scenarios import NoETag, Scenario

WARM_UP_SECONDS = 1
MOST_KEPT = 5_000

Cell = tuple[Contestant, Scenario]


@contextmanager
def serving(contestants: Iterable[Contestant]) -> Iterator[dict[str, int]]:
    """Run the servers for the block; yield their process ids by contestant."""
    pids = {}
    with ExitStack() as stack:
        for contestant in contestants:
            say(f"starting {contestant.title}")
            server = contestant.server()
            server.start()
            stack.callback(server.stop)
            pids[contestant.name] = server.pid
        yield pids


def run_cycles(
    cells: Sequence[Cell], figures: Figures, *, seconds: int, rounds: int, chance: random.Random
) -> None:
    """Add `rounds` rounds of each cell to the figures."""
    contestants = {contestant.name: contestant for contestant, _ in cells}
    with serving(contestants.values()) as pids:
        ready = [(cell, targets) for cell in cells if (targets := _targets(cell, figures))]
        for number in range(rounds):
            for (contestant, scenario), targets in chance.sample(ready, len(ready)):
                say(f"cycle {number + 1} of {rounds}: {contestant.title}: {scenario.title}")
                warm_up(contestant, targets, unique(scenario.post, chance))
                taken = measure(
                    contestant,
                    pids[contestant.name],
                    targets,
                    seconds=max(seconds, scenario.least_seconds),
                    post=unique(scenario.post, chance),
                )
                if scenario.post is None:  # wrk does not distinguish 200 from 304
                    require_status(contestant.port, targets[-1], scenario.status)
                figures.add(scenario.name, contestant.name, taken)


def warm_up(contestant: Contestant, targets: Sequence[Target], post: Post | None = None) -> None:
    """Send some requests, after several reads of each shop if each worker keeps something of it.

    Of very many targets, hardly any would be kept.
    """
    for _ in range(contestant.warm_ups if len(targets) <= MOST_KEPT else 0):
        load(contestant.port, contestant.lists if post else targets, 0, is_once=True)
    load(contestant.port, targets, WARM_UP_SECONDS, post=post)


def measure(
    contestant: Contestant,
    pid: int,
    targets: Sequence[Target],
    *,
    seconds: int,
    post: Post | None = None,
    is_once: bool = False,
) -> Round:
    postgres = postgres_pid()
    before = cpu_seconds(pid), cpu_seconds(postgres)
    sample: Sample = load(contestant.port, targets, seconds, post=post, is_once=is_once)
    if not sample.requests:
        raise LoadFailed(f"{contestant.title} answered nothing in {sample.seconds:.0f} seconds.")
    return Round(
        rate=sample.rate,
        p50=sample.p50,
        p99=sample.p99,
        app=(cpu_seconds(pid) - before[0]) / sample.requests,
        database=(cpu_seconds(postgres) - before[1]) / sample.requests,
        memory=worker_memory(pid),
    )


def unique(post: Post | None, chance: random.Random) -> Post | None:
    """Return the body with numbers that no other round has."""
    if post is None:
        return None
    text = post.body.replace("{unique}", f"{chance.getrandbits(32)}-{{unique}}")
    return replace(post, body=text)


def postgres_pid() -> int:
    """Return the process id of the server."""
    lines = (settings.EMBEDDED_POSTGRES.cluster / "postmaster.pid").read_text().splitlines()
    return psutil.Process(int(lines[0])).pid


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _targets(cell: Cell, figures: Figures) -> list[Target]:
    contestant, scenario = cell
    try:
        return scenario.targets(contestant)
    except NoETag:
        figures.notes[scenario.name] = "no ETag"
        return []
