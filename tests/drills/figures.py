"""The results of a drill beside their targets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.report import publish

HEAD = ("drill", "baseline", "target", "measured", "met")


class Table:
    def __init__(self) -> None:
        self.rows: list[tuple[str, ...]] = []

    def add(self, drill: str, baseline: str, target: str, measured: str, *, met: bool) -> None:
        """Add a row, before the assertions, so that the table has failures too."""
        self.rows.append((drill, baseline, target, measured, "yes" if met else "**no**"))

    @property
    def summary(self) -> str:
        missed = [drill for drill, *_, met in self.rows if met != "yes"]
        text = f"{len(self.rows) - len(missed)} of {len(self.rows)} targets met"
        return text + (f"; missed: {', '.join(missed)}" if missed else "")


@contextmanager
def published(section: str, drills: int) -> Iterator[Table]:
    """Publish the rows that the block adds, even if it fails, as a section of docs/reliability.md.

    With fewer rows than `drills`, some were left out, and nothing is published.
    """
    table = Table()
    try:
        yield table
    finally:
        if len(table.rows) == drills:
            publish("reliability", section, HEAD, table.rows, summary=table.summary)
