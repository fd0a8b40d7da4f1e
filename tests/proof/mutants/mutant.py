from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce, wraps
from typing import Any

import pytest

Change = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Mutant:
    """The project with one protection removed, and the tests of which one must fail."""

    name: str
    breaks: str
    #: Arguments of pytest.
    killers: str
    change: Change | None = None
    #: Run by PostgreSQL's superuser in the test database.
    sql: str = ""

    def apply(self, patch: pytest.MonkeyPatch) -> None:
        """Patch the loaded code; raise LookupError if it lacks what this mutant names."""
        try:
            if self.change:
                self.change(patch)
        except (AttributeError, ImportError) as error:
            raise LookupError(f"{self.name}: {error}") from error


#: All mutants by name, in the order of their definition.
MUTANTS: dict[str, Mutant] = {}


def mutant(killers: str) -> Callable[[Change], Change]:
    """Register the decorated function, which patches the loaded code, with its docstring."""

    def register(change: Change) -> Change:
        name, breaks = change.__name__, str(change.__doc__)
        MUTANTS[name] = Mutant(name, breaks, killers, change)
        return change

    return register


def instead_of(target: Any) -> Callable[[Callable[..., Any]], Change]:
    """Have the decorated function called in place of `target`, with it as the first argument."""

    def change_by(function: Callable[..., Any]) -> Change:
        @wraps(target)
        def new(*args: Any, **kwargs: Any) -> Any:
            return function(target, *args, **kwargs)

        @wraps(function)
        def change(patch: pytest.MonkeyPatch) -> None:
            replace(patch, target, new)

        return change

    return change_by


def sql_mutant(name: str, breaks: str, statement: str, killers: str) -> None:
    MUTANTS[name] = Mutant(name, breaks, killers, sql=statement)


def replace(patch: pytest.MonkeyPatch, old: Any, new: Any) -> None:
    """Replace a method in its class, a function in every module that has imported it."""
    module = sys.modules[old.__module__]
    *owners, name = old.__qualname__.split(".")
    owner = reduce(getattr, owners, module)
    if vars(owner).get(name) is not old:
        raise LookupError(f"{old.__qualname__} is not in {module}.")
    for each in [owner] if owners else list(sys.modules.values()):
        for alias, value in list(vars(each).items()):
            if value is old:
                patch.setattr(each, alias, new)
