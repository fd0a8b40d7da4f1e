from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A problem in a file: the line of its row, the column as the file names it, or ""."""

    line: int
    column: str
    code: str
    detail: str


class RowError(Finding):
    """Something in the file is not imported."""


class RowWarning(Finding):
    """Something in the file is imported differently from what it says."""
