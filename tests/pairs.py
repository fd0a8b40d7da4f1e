"""Pairs for tests of one path that many endpoints share, in place of a Cartesian product."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest


def spread(inputs: Sequence[Any], places: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Return every input at the first place, and the first input at every other place."""
    return [(each, places[0]) for each in inputs] + [(inputs[0], place) for place in places[1:]]


def spread_first(*axes: Sequence[Any]) -> list[Any]:
    """Return the product, in which what differs from the first of two axes is `exhaustive`."""
    return [
        pytest.param(
            *(value for value, _ in chosen),
            marks=pytest.mark.exhaustive if sum(place > 0 for _, place in chosen) > 1 else (),
        )
        for chosen in product(*([(value, n) for n, value in enumerate(axis)] for axis in axes))
    ]
