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
        """Note a row; what falls short of its target is in the table as well."""
        self.rows.append((drill, baseline, target, measured, "yes" if met else "**no**"))


@contextmanager
def published(section: str) -> Iterator[Table]:
    """Write the rows that the block adds into a section of docs/reliability.md."""
    table = Table()
    yield table
    publish("reliability", section, HEAD, table.rows)
