"""Results of `make proof` and `make drill`: a row of a document, and the whole table in a file."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil

DOCS = Path(__file__).resolve().parents[1] / "docs"


def publish(
    document: str,
    section: str,
    head: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    summary: str,
) -> None:
    """Write a table into docs/figures/<document>-<section>.md, and its summary into the document.

    The summary replaces the second cell of the row in docs/<document>.md whose first cell is
    `section`. Raises LookupError if there is no such row.
    """
    path = DOCS / f"{document}.md"
    text, found = re.subn(
        rf"^(\| {re.escape(section)} \|) .* \|.*\|$",
        lambda row: f"{row[1]} {_cell(summary)} | {datetime.now(UTC):%Y-%m-%d} |",
        path.read_text(),
        flags=re.MULTILINE,
    )
    if not found:
        raise LookupError(f"{path.name} has no row {section}.")
    path.write_text(text)
    figures = DOCS / "figures"
    figures.mkdir(exist_ok=True)
    (figures / f"{document}-{section}.md").write_text("".join([*_table(head, rows), _machine()]))


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    return [_line(head), _line(["---"] * len(head)), *map(_line, rows)]


def _line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |\n"


def _cell(value: object) -> str:
    return re.sub(r"\s+", " ", str(value)).replace("|", r"\|")


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"\n*{datetime.now(UTC):%Y-%m-%d}, {psutil.cpu_count()} cores, {memory:.0f} GiB, "
        f"Python {platform.python_version()}.*\n"
    )
