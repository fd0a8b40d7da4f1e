"""Creating products and logging in, in copies of the databases."""

from __future__ import annotations

import random
from argparse import Namespace

from bench.figures import Figures
from bench.parts.lineup import galleria, plain, prepared
from bench.rounds import Cell, run_cycles
from bench.scenarios import OUR_WRITES, PEER_WRITES


def measure_writes(options: Namespace, figures: Figures) -> None:
    ours, peer = prepared([galleria(options, copy="_written"), plain(options, copy="_written")])
    cells: list[Cell] = [(ours, scenario) for scenario in OUR_WRITES]
    cells += [(peer, scenario) for scenario in PEER_WRITES]
    chance = random.Random(options.seed)
    run_cycles(cells, figures, seconds=options.seconds, rounds=options.rounds, chance=chance)
