"""The syntax of one record, read line by line in linear time."""

from __future__ import annotations

import re

from apps.products.csv.exceptions import UnclosedQuote

_OPENING = re.compile(r' *"')
_QUOTED = re.compile(r'(?:[^"]++|"")*+')
_SPACES = re.compile(" *")


class RecordLexer:
    """Splits the lines of one record into cells.

    A quote opens a quoted cell at the start of a cell only: the one in `5" nail` is a character.
    After the closing quote nothing but spaces may precede the delimiter.
    """

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.cells: list[str] = []
        self.is_inside_quotes = False
        self._quoted: list[str] = []

    def feed(self, line: str) -> bool:
        """Add a line with its line end; return True if it completes the record."""
        if not self.is_inside_quotes and '"' not in line:
            self.cells.extend(line.rstrip("\r\n").split(self.delimiter))
            return True
        position: int | None = 0
        while position is not None:
            if self.is_inside_quotes:
                position = self._read_quoted(line, position)
            else:
                position = self._read_cell(line, position)
        return not self.is_inside_quotes

    def _read_cell(self, line: str, position: int) -> int | None:
        opening = _OPENING.match(line, position)
        if opening:
            self.is_inside_quotes = True
            return opening.end()
        end = line.find(self.delimiter, position)
        self.cells.append(line[position:end] if end >= 0 else line[position:].rstrip("\r\n"))
        return end + 1 if end >= 0 else None

    def _read_quoted(self, line: str, position: int) -> int | None:
        end = _end_of(_QUOTED, line, position)
        self._quoted.append(line[position:end])
        if end == len(line):
            return None
        self.cells.append("".join(self._quoted).replace('""', '"'))
        self._quoted.clear()
        self.is_inside_quotes = False
        return self._after_quote(line, _end_of(_SPACES, line, end + 1))

    def _after_quote(self, line: str, position: int) -> int | None:
        if line.startswith(self.delimiter, position):
            return position + 1
        if line[position:].strip("\r\n"):
            raise UnclosedQuote
        return None


def _end_of(pattern: re.Pattern[str], line: str, position: int) -> int:
    """Return where the match of a pattern ends that matches the empty text as well."""
    match = pattern.match(line, position)
    return match.end() if match else position
