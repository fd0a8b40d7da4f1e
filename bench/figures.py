"""The figures of a run, which the report is made from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

#: The contestant and the scenario that others are compared with.
BASE = ("drf", "list")
#: This project's server of public lists and pages.
VISITED = "visited"


@dataclass(frozen=True)
class Round:
    """A round of one contestant in one scenario. Times are in seconds, memory in bytes.

    `app` and `database` are the CPU time of the server's and of PostgreSQL's processes a request.
    """

    rate: float
    p50: float
    p99: float
    app: float
    database: float
    memory: int

    @property
    def cpu(self) -> float:
        return self.app + self.database


@dataclass(frozen=True)
class Spread:
    """The median, the least and the greatest of some values."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        return cls(median(values), min(values), max(values))


@dataclass
class Figures:
    """Rounds by scenario and contestant, one for each cycle; tables; and how they were taken."""

    about: dict[str, Any] = field(default_factory=dict)
    rounds: dict[str, dict[str, list[Round]]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    tables: dict[str, Any] = field(default_factory=dict)

    def add(self, scenario: str, contestant: str, taken: Round) -> None:
        self.rounds.setdefault(scenario, {}).setdefault(contestant, []).append(taken)

    def has(self, scenario: str, contestant: str) -> bool:
        return contestant in self.rounds.get(scenario, {})

    def ratio(
        self, scenario: str, contestant: str, base: tuple[str, str] = BASE, of: str = "rate"
    ) -> Spread | None:
        """Return the ratios to the base within the same cycle.

        None without figures, or if a round was too short for the base to take any CPU time.
        """
        name, base_scenario = base
        if not (self.has(scenario, contestant) and self.has(base_scenario, name)):
            return None
        values = [getattr(each, of) for each in self.rounds[scenario][contestant]]
        bases = [getattr(each, of) for each in self.rounds[base_scenario][name]]
        if not all(bases):
            return None
        return Spread.of([one / other for one, other in zip(values, bases, strict=True)])

    def median(self, scenario: str, contestant: str, of: str) -> float:
        return median(getattr(each, of) for each in self.rounds[scenario][contestant])

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, path: Path) -> Figures:
        data = json.loads(path.read_text())
        for contestants in data["rounds"].values():
            for name, rounds in contestants.items():
                contestants[name] = [Round(**each) for each in rounds]
        return cls(**data)
