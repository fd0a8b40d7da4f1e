from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """A problem in a file: the line of its row, the column as the file names it, or "".

    `message` is English and marked for translation; `params` are the parameters that it names.
    """

    line: int
    column: str
    code: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)


class RowError(Finding):
    """Something in the file is not imported."""


class RowWarning(Finding):
    """Something in the file is imported differently from what it says."""
