"""The command line: what is measured, how long, and at which scale.

A run of all parts writes `docs/performance.md`; one of some parts only prints it.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence

from django.conf import settings

from bench import machine
from bench.contestants import ROOT
from bench.database import SERVER_SETTINGS, ensure_peer_role
from bench.figures import Figures
from bench.parts.breakdown import measure_breakdown
from bench.parts.openings import measure_openings
from bench.parts.reads import measure_cold, measure_reads
from bench.parts.scale import measure_scale
from bench.parts.starts import measure_imports, measure_starts
from bench.parts.walls import measure_walls
from bench.parts.writes import measure_writes
from bench.report import render
from bench.rounds import say

DOCUMENT = ROOT / "docs" / "performance.md"
FIGURES = ROOT / "docs" / "figures" / "performance.json"

#: The parts of a run and the functions that measure them, each of which is called once.
PARTS: dict[str, Callable[[argparse.Namespace, Figures], None]] = {
    "list": measure_reads,
    "public": measure_reads,
    "pages": measure_reads,
    "cold": measure_cold,
    "writes": measure_writes,
    "scale": measure_scale,
    "walls": measure_walls,
    "openings": measure_openings,
    "starts": measure_starts,
    "imports": measure_imports,
    "breakdown": measure_breakdown,
}


def numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--shops", type=int, default=1_000)
    parser.add_argument("--products", type=int, default=100, help="of each shop")
    parser.add_argument("--seconds", type=int, default=3, help="of a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    parser.add_argument(
        "--scale", type=numbers, default=[10, 1_000, 100_000], help="numbers of shops"
    )
    parser.add_argument(
        "--only", type=lambda text: text.split(","), default=[*PARTS], help=",".join(PARTS)
    )
    parser.add_argument(
        "--before", action="store_true", help="keep the breakdown in bench/before.toml"
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="add to the figures of the last run, and write the page",
    )
    options = parser.parse_args(arguments)
    if unknown := set(options.only) - set(PARTS):
        parser.error(f"unknown: {', '.join(unknown)}")
    return options


def main() -> None:
    options = parse()
    figures = Figures.load(FIGURES) if options.resume else Figures()
    say(f"seed {options.seed}")
    with settings.EMBEDDED_POSTGRES.running(settings=SERVER_SETTINGS):
        figures.about = figures.about or machine.about() | {
            name: getattr(options, name)
            for name in ("shops", "products", "seconds", "rounds", "seed")
        }
        ensure_peer_role()
        for measure in dict.fromkeys(PARTS[part] for part in options.only):
            measure(options, figures)
            figures.save(FIGURES)
    text = render(figures)
    print(text)
    if options.resume or set(options.only) == set(PARTS):
        DOCUMENT.write_text(text)
