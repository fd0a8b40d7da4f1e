"""The CPU time of a list with few shops and with many."""

from __future__ import annotations

import random
from argparse import Namespace
from dataclasses import replace

from bench.contestants import Ours
from bench.figures import Figures
from bench.parts.lineup import prepared
from bench.rounds import Cell, run_cycles
from bench.scenarios import PRODUCT_LIST
from bench.walls.contestant import Walls

#: Of each shop, the same at every scale.
PRODUCTS = 10
FEW = 10


def measure_scale(options: Namespace, figures: Figures) -> None:
    """Measure lists of all shops in turn, also if none is kept, and of the same few shops."""
    counts = sorted(options.scale)
    contestants = prepared(
        [
            Ours(str(count), f"{count:,} shops", count, PRODUCTS, with_words=False)
            for count in counts
        ]
    )
    forgetful = prepared(
        [
            Walls(
                f"{count}_rendered", "nothing kept", count, PRODUCTS, with_words=False, keeps=False
            )
            for count in counts
        ]
    )
    scenarios = [replace(PRODUCT_LIST, name="scale"), replace(PRODUCT_LIST, name="few", limit=FEW)]
    cells: list[Cell] = [(each, scenario) for each in contestants for scenario in scenarios]
    cells += [(each, scenarios[0]) for each in forgetful]
    chance = random.Random(options.seed)
    run_cycles(cells, figures, seconds=options.seconds, rounds=options.rounds, chance=chance)
    figures.tables["scale"] = [str(count) for count in counts]
