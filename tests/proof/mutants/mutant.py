from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Edit:
    """A text that a file has once, and what comes in its place."""

    file: str
    old: str
    new: str

    def apply(self, root: Path) -> None:
        """Change the file under `root`; raise LookupError unless it has the text just once."""
        path = root / self.file
        text = path.read_text()
        if text.count(self.old) != 1:
            raise LookupError(f"{self.file} does not have this once: {self.old}")
        path.write_text(text.replace(self.old, self.new))


@dataclass(frozen=True)
class Mutant:
    """The project with one wall broken, and the tests of which one has to notice."""

    name: str
    breaks: str
    #: What pytest is given.
    killers: str
    edit: Edit | None = None
    #: Run by PostgreSQL's superuser in the test database.
    sql: str = ""


@dataclass
class Mutants:
    """A group of mutants, to write into."""

    found: list[Mutant] = field(default_factory=list)

    def __iter__(self) -> Iterator[Mutant]:
        return iter(self.found)

    def sql(self, name: str, breaks: str, statement: str, killers: str) -> None:
        self.found.append(Mutant(name, breaks, killers, sql=statement))

    def code(self, name: str, breaks: str, file: str, old: str, new: str, killers: str) -> None:
        self.found.append(Mutant(name, breaks, killers, edit=Edit(file, old, new)))
