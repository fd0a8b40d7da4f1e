"""Time spent in functions, without that in other timed functions that they call."""

from __future__ import annotations

import functools
import time
from collections import defaultdict
from typing import Any


class Stopwatch:
    """Adds the time of wrapped functions to `spent`, by label. For one thread."""

    def __init__(self, clock: Any = time.perf_counter) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._clock = clock
        self._labels: list[str] = []
        self._since = 0.0

    def wrap(self, owner: Any, name: str, label: str) -> None:
        """Replace a function of a class or module by one that is timed."""
        function = getattr(owner, name)

        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            self._enter(label)
            try:
                return function(*args, **kwargs)
            finally:
                self._leave()

        setattr(owner, name, timed)

    def _enter(self, label: str) -> None:
        self._add_to_innermost()
        self._labels.append(label)

    def _leave(self) -> None:
        self._add_to_innermost()
        self._labels.pop()

    def _add_to_innermost(self) -> None:
        now = self._clock()
        if self._labels:
            self.spent[self._labels[-1]] += now - self._since
        self._since = now
