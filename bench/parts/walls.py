"""The cost of each part of the isolation, found by switching it off alone."""

from __future__ import annotations

import random
from argparse import Namespace
from dataclasses import replace

from bench.figures import Figures
from bench.parts.lineup import prepared
from bench.rounds import Cell, run_cycles
from bench.scenarios import OUR_WRITES, PRODUCT_LIST
from bench.walls.contestant import WITHOUT_COMPOSITE_KEYS, WITHOUT_POLICIES, Walls

MOST_SHOPS = 100


def measure_walls(options: Namespace, figures: Figures) -> None:
    scale = min(options.shops, MOST_SHOPS), options.products
    off = {"copy": "_policies", "alteration": WITHOUT_POLICIES}
    reading = [
        Walls("all", "All walls", *scale, copy="_all"),
        Walls("policies", "Without policies", *scale, **off),
        Walls("announcement", "Without policies and announcement", *scale, **off, cursors="plain"),
    ]
    writing = [
        Walls("all_written", "All walls, written", *scale, copy="_all_written"),
        Walls(
            "keys",
            "Without composite keys",
            *scale,
            copy="_keys",
            alteration=WITHOUT_COMPOSITE_KEYS,
        ),
    ]
    prepared([*reading, *writing])
    read, written = replace(PRODUCT_LIST, name="walls"), replace(OUR_WRITES[0], name="walls")
    cells: list[Cell] = [(each, read) for each in reading]
    cells += [(each, written) for each in writing]
    chance = random.Random(options.seed)
    run_cycles(cells, figures, seconds=options.seconds, rounds=options.rounds, chance=chance)
