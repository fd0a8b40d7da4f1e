from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.isolation.fixtures import Fixtures


@dataclass(frozen=True)
class Operation:
    run: Callable[[Fixtures], object]
    applies_to: Callable[[Any], object]
    #: False for what never passes the ORM, or passes SQL of the caller's through it.
    is_stopped_by_orm: bool

    def __str__(self) -> str:
        return self.run.__name__


OPERATIONS: list[Operation] = []


def operation(
    *, applies_to: Callable[[Any], object] = bool, is_stopped_by_orm: bool = True
) -> Callable[[Callable[[Fixtures], object]], Callable[[Fixtures], object]]:
    def register(run: Callable[[Fixtures], object]) -> Callable[[Fixtures], object]:
        OPERATIONS.append(Operation(run, applies_to, is_stopped_by_orm))
        return run

    return register
