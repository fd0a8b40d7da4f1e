"""What the drills of a module found out, for the table in docs/reliability.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.report import publish

HEAD = ["drill", "baseline", "target", "measured", "met"]


@dataclass
class Ledger:
    """One line for each drill; `plan` has the baseline and the target of each, by its name.

    A line is written before anything is asserted, so that what falls short is told too.
    """

    plan: Mapping[str, tuple[str, str]]
    _lines: dict[str, tuple[str, bool]] = field(default_factory=dict)

    def enter(self, drill: str, measured: str, *, met: bool) -> None:
        assert drill in self.plan
        self._lines[drill] = measured, met

    def publish(self, section: str) -> None:
        """Write the table, if every drill of the plan took place."""
        if self._lines.keys() == self.plan.keys():
            rows = [
                [drill, *expected, self._lines[drill][0], "yes" if self._lines[drill][1] else "NO"]
                for drill, expected in self.plan.items()
            ]
            publish("reliability", section, HEAD, rows)
