"""Pairs for tests of one path that many endpoints share, in place of a Cartesian product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def spread(inputs: Sequence[Any], places: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Return every input at the first place, and the first input at every other place."""
    return [(each, places[0]) for each in inputs] + [(inputs[0], place) for place in places[1:]]
