"""Tables of figures in docs/, written by the checks that measured them."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil

DOCS = Path(__file__).resolve().parents[1] / "docs"


def publish(
    document: str, section: str, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write a table, and when and on what it was measured, into a section of docs/<document>.md.

    The section stands between `<!-- section -->` and `<!-- /section -->`, which somebody has to
    have put there: LookupError otherwise.
    """
    path = DOCS / f"{document}.md"
    begin, end = f"<!-- {section} -->\n", f"<!-- /{section} -->\n"
    before, found, rest = path.read_text().partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise LookupError(f"{path.name} has no section {section}.")
    path.write_text("".join([before, begin, *_table(head, rows), _circumstances(), end, after]))


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    return [_line(head), _line(["---"] * len(head)), *map(_line, rows)]


def _line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |\n"


def _cell(value: object) -> str:
    return re.sub(r"\s+", " ", str(value)).replace("|", r"\|")


def _circumstances() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"\n*{datetime.now(UTC):%Y-%m-%d}, {psutil.cpu_count()} cores, {memory:.0f} GiB, "
        f"Python {platform.python_version()}.*\n"
    )
