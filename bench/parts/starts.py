"""The time from the start of a server to its first list, and the speed of an import."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

from django.conf import settings

from bench.contestants import ROOT
from bench.figures import Figures
from bench.parts.lineup import everyone, prepared
from bench.rounds import say

ROWS = 8_000
STARTED = ("ours", "drf", "granian")


def measure_starts(options: Namespace, figures: Figures) -> None:
    contestants = prepared([each for each in everyone(options) if each.name in STARTED])
    chance = random.Random(options.seed)
    taken: dict[str, list[float]] = {}
    for _ in range(options.rounds):
        for contestant in chance.sample(contestants, len(contestants)):
            say(f"starting {contestant.title}")
            server = contestant.server()
            taken.setdefault(contestant.name, []).append(server.start())
            server.stop()
    figures.tables["starts"] = taken


def measure_imports(options: Namespace, figures: Figures) -> None:
    """Record the rows a second of `bench.catalogue.imports`, which has a separate database."""
    folder = Path(settings.DATA_DIR) / "imports"
    say(f"importing {ROWS} rows")
    done = subprocess.run(
        [sys.executable, "-m", "bench.catalogue.imports", str(ROWS)],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    rates = re.findall(r"^(.+?)\s+[\d.]+\s+(\d+)\s+\d+   ", done.stdout, re.MULTILINE)
    figures.tables["imports"] = {name: int(rate) for name, rate in rates}
