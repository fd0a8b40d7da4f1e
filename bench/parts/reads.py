"""Lists and pages, and each shop's first request."""

from __future__ import annotations

import random
from argparse import Namespace

from bench.figures import VISITED, Figures
from bench.load.wrk import load
from bench.parts.lineup import everyone, galleria, plain, prepared
from bench.rounds import Cell, measure, run_cycles, say, serving
from bench.scenarios import PAGES, PRODUCT_LIST, PUBLIC


def measure_reads(options: Namespace, figures: Figures) -> None:
    """Measure the chosen of list, public and pages, each cycle with the list of the base.

    The server of the lists serves nothing else, as those of its peers.
    """
    present = everyone(options) if "list" in options.only else [plain(options)]
    visited = galleria(options, VISITED)
    prepared([*present, visited])
    cells: list[Cell] = [(each, PRODUCT_LIST) for each in present]
    for part, scenarios in (("public", PUBLIC), ("pages", PAGES)):
        if part in options.only:
            cells += [(visited, scenario) for scenario in scenarios]
    chance = random.Random(options.seed)
    run_cycles(cells, figures, seconds=options.seconds, rounds=options.rounds, chance=chance)


def measure_cold(options: Namespace, figures: Figures) -> None:
    """Measure one request to each shop after a start. The last shop only warms the process up."""
    contestants = prepared([plain(options), galleria(options)])
    chance = random.Random(options.seed)
    for number in range(options.rounds):
        for contestant in chance.sample(contestants, len(contestants)):
            with serving([contestant]) as pids:
                *targets, warm_up = contestant.lists
                load(contestant.port, [warm_up, warm_up], 1)
                say(f"cycle {number + 1} of {options.rounds}: {contestant.title}: first requests")
                taken = measure(contestant, pids[contestant.name], targets, seconds=0, is_once=True)
                figures.add("cold", contestant.name, taken)
