"""The parts of one request's time, now and before."""

from __future__ import annotations

import json
import tomllib
from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

from bench.contestants import ROOT
from bench.figures import Figures
from bench.parts.lineup import galleria, prepared
from bench.rounds import say

BEFORE = ROOT / "bench" / "before.toml"
SHOPS = 20


def measure_breakdown(options: Namespace, figures: Figures) -> None:
    """Record the parts of a request, and with --before write them into `before.toml`."""
    [ours] = prepared([galleria(options)])
    say("taking a request apart")
    lines = "".join(f"{target.host}\t{target.token}\n" for target in ours.lists[:SHOPS])
    figures.tables["breakdown"] = taken = json.loads(ours.output("bench.breakdown", text=lines))
    if options.before:
        BEFORE.write_text(as_toml(taken))
    if BEFORE.exists():
        figures.tables["before"] = tomllib.loads(BEFORE.read_text())


def as_toml(taken: dict[str, Any]) -> str:
    """Return the table as TOML."""
    lines = [f"# Microseconds of a request, {datetime.now(UTC):%Y-%m-%d}: `make bench-before`."]
    lines += [f"total = {taken['total']:.1f}", "", "[parts]"]
    lines += [f'"{label}" = {value:.1f}' for label, value in taken["parts"].items()]
    return "\n".join(lines) + "\n"
