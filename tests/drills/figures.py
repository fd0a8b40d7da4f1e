"""What a drill showed, beside what was to be shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.report import publish

HEAD = ("drill", "baseline", "target", "measured", "met")


class Table:
    def __init__(self) -> None:
        self.rows: list[tuple[str, ...]] = []

    def add(self, drill: str, baseline: str, target: str, measured: str, *, met: bool) -> None:
        """Note a row, before anything is asserted: what falls short is in the table as well."""
        self.rows.append((drill, baseline, target, measured, "yes" if met else "**no**"))


@contextmanager
def published(section: str, drills: int) -> Iterator[Table]:
    """Write the rows that the block adds into a section of docs/reliability.md, even if it fails.

    Where there are not as many as `drills`, some were left out, and the section stays as it is.
    """
    table = Table()
    try:
        yield table
    finally:
        if len(table.rows) == drills:
            publish("reliability", section, HEAD, table.rows)
