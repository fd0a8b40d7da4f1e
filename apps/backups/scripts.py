"""What pg_dump and pg_restore write: statements, and between them the rows of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

_COPY = re.compile(rb"COPY \w+\.(?P<table>\S+) \(.+\) FROM stdin;\n")
_END_OF_ROWS = b"\\.\n"

#: What only psql understands, and what only a newer server does. A script may set either.
_NO_STATEMENT = re.compile(rb"\\(un)?restrict \w+\n|SET transaction_timeout = 0;\n")


@dataclass
class TableRows:
    """One table's rows in PostgreSQL's text format; they are read before the script goes on."""

    command: str
    table: str
    lines: Iterator[bytes]

    def read(self, size: int = -1) -> bytes:
        """Return the next row, whatever its size: what COPY FROM asks a file for."""
        return next(self.lines, b"")


def read_script(script: IO[bytes]) -> Iterator[str | TableRows]:
    """Yield statements, as many as stand together, and tables' rows as they come."""
    statements: list[bytes] = []
    for line in script:
        if found := _COPY.fullmatch(line):
            yield from _text(statements)
            rows = TableRows(
                command=line.decode(),
                table=found["table"].decode().strip('"'),
                lines=_lines(script),
            )
            yield rows
            for _ in rows.lines:
                pass
            statements = []
        elif not _NO_STATEMENT.fullmatch(line):
            statements.append(line)
    yield from _text(statements)


def _lines(script: IO[bytes]) -> Iterator[bytes]:
    for line in script:
        if line == _END_OF_ROWS:
            return
        yield line


def _text(lines: list[bytes]) -> Iterator[str]:
    """Yield the statements, if there are any: comments alone are an error to PostgreSQL."""
    if any(line.strip() and not line.startswith(b"--") for line in lines):
        yield b"".join(lines).decode()
