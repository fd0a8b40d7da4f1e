from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

T = TypeVar("T")


def in_places(rows: Sequence[T], places: Sequence[Any]) -> list[T]:
    """Return rows in the order of the places, from 1, that were entered for them.

    A row that was moved comes before the one in its new place if it moved up, else after it. Text
    that is no number leaves a row where it was.
    """
    keys = []
    for index, place in enumerate(places, start=1):
        wanted = place if isinstance(place, int) else index
        keys.append((wanted, (wanted > index) - (wanted < index), index))
    order = sorted(range(len(rows)), key=keys.__getitem__)
    return [rows[index] for index in order]
