"""Bytes to rows, one at a time: encoding, delimiter, header, quotes, damaged records."""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext_noop as _

from apps.products.csv.encodings import detect_encoding
from apps.products.csv.escaping import unescape_formula
from apps.products.csv.exceptions import FileRefused, InvalidRecord, UnclosedQuote
from apps.products.csv.findings import RowError, RowWarning
from apps.products.csv.lexer import RecordLexer

#: The most characters of a record; a quote that is still open then is not closed.
MAX_RECORD = 1_000_000
#: The most that is read again after damaged records, in characters. It bounds the work on a file.
MAX_READ_AGAIN = 64_000_000
#: A line takes as long to read as this many characters.
_LINE_COST = 100
MAX_COLUMNS = 1_000

DELIMITERS = (",", ";", "\t")

_DAMAGED_HEADER = _(
    "The first row is damaged. A quote that opens in this row is not closed, or one inside it is"
    " not doubled."
)
_LONG_HEADER = _("The first row is damaged. This row has more than %(max)s characters.")
_WRONG_COUNT = _("This row has %(count)s cells, the header has %(columns)s.")

_SEPARATOR_LINE = re.compile(r"\"?sep=(.)\"?[,;\t]*\s*", re.IGNORECASE)


@dataclass(frozen=True)
class _Record:
    """The cells of a record; a short one is doubtful if it may be the rest of a damaged one."""

    line: int
    cells: list[str]
    is_doubtful: bool


@dataclass(frozen=True)
class Row:
    """The cells of a record by column; columns are in lower case."""

    line: int
    cells: Mapping[str, str]


class CSVReader:
    """The rows of a seekable file. Iterating reads the file; it can be done once.

    A damaged record is refused, and reading goes on at the line after its first. So an unclosed
    quote costs one row, never the rows that it seems to enclose.

    Excel drops empty cells at the end of whole blocks of rows. So a row may lack cells if one of
    its neighbours lacks as many.
    """

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        self._encoding = detect_encoding(file)
        self._text = io.TextIOWrapper(
            file, encoding=self._encoding.name, errors=self._encoding.errors, newline=""
        )
        self._pending: deque[str] = deque()
        self._line = 0
        self._read_again = 0
        self._is_doubtful = False
        try:
            self.delimiter = self._detect_delimiter()
            self.names, self.columns = self._read_header()
        except FileRefused:
            self.close()
            raise

    def close(self) -> None:
        """Release the file without closing it."""
        self._text.detach()

    def warnings(self) -> Iterator[RowWarning]:
        """Yield a warning for each column that is named twice."""
        for number, name in enumerate(self.names):
            if name and self.columns[_normalize(name)] != number:
                yield RowWarning(
                    1, name, "duplicate_column", _("The first of two columns of this name is used.")
                )

    def __iter__(self) -> Iterator[Row | RowError]:
        records = self._records()
        before, record = 0, next(records, None)
        while record is not None:
            after = next(records, None)
            if isinstance(record, RowError):
                yield record
            else:
                yield self._row(record, {before, _width(after)})
            before, record = _width(record), after

    def _records(self) -> Iterator[_Record | RowError]:
        while self._peek():
            first = self._line + 1
            lines: list[str] = []
            try:
                cells = self._read_record(lines)
                if any(cell.strip() for cell in cells):
                    self._require_text(cells)
                    self._require_width(cells, len(lines))
                    self._is_doubtful &= len(cells) < len(self.names)
                    yield _Record(first, cells, self._is_doubtful)
            except InvalidRecord as error:
                self._is_doubtful = True
                yield RowError(first, "", error.code, error.message, error.params)
                self._resume_after(first, lines)

    def _detect_delimiter(self) -> str:
        line = self._skip_blank_lines()
        named = _SEPARATOR_LINE.fullmatch(line)
        if named and named[1] in DELIMITERS:
            self._next_line()
            self._skip_blank_lines()
            return named[1]
        return max(DELIMITERS, key=line.count)

    def _skip_blank_lines(self) -> str:
        while (line := self._peek()) and not line.strip():
            self._next_line()
        return line

    def _read_header(self) -> tuple[list[str], dict[str, int]]:
        try:
            names = [name.strip() for name in self._read_record([])]
        except UnclosedQuote:
            raise FileRefused("no_header", _DAMAGED_HEADER) from None
        except InvalidRecord:
            raise FileRefused("no_header", _LONG_HEADER, max=MAX_RECORD) from None
        text = "".join(names)
        is_text = "\0" not in text and not self._encoding.marks.search(text)
        if not is_text or len(names) > MAX_COLUMNS:
            raise FileRefused(
                "no_header", _("The first row does not name the columns of a CSV file.")
            )
        columns: dict[str, int] = {}
        for number, name in enumerate(names):
            columns.setdefault(_normalize(name), number)
        columns.pop("", None)
        if not columns:
            raise FileRefused("empty_file", _("The file is empty."))
        return names, columns

    def _row(self, record: _Record, neighbours: set[int]) -> Row | RowError:
        """Return the row; refuse one that alone is short, because its cells may be displaced."""
        missing = len(self.names) - len(record.cells)
        if missing > 0 and (record.is_doubtful or len(record.cells) not in neighbours):
            return RowError(
                record.line, "", "too_few_cells", _WRONG_COUNT, self._count(record.cells)
            )
        cells = [*record.cells, *[""] * missing]
        values = {name: unescape_formula(cells[number]) for name, number in self.columns.items()}
        return Row(record.line, values)

    def _require_text(self, cells: list[str]) -> None:
        text = "".join(cells)
        if "\0" in text:
            raise InvalidRecord("nul_byte", _("This row contains a NUL byte."))
        if self._encoding.marks.search(text):
            raise InvalidRecord("undecodable", _("This row contains bytes that are not text."))

    def _require_width(self, cells: list[str], lines: int) -> None:
        """Refuse a record that is too wide, or of several lines and too narrow."""
        width = len(self.names)
        if len(cells) < width and lines > 1:
            raise InvalidRecord("too_few_cells", _WRONG_COUNT, **self._count(cells))
        if any(cell.strip() for cell in cells[width:]):
            raise InvalidRecord("too_many_cells", _WRONG_COUNT, **self._count(cells))

    def _count(self, cells: list[str]) -> dict[str, int]:
        return {"count": len(cells), "columns": len(self.names)}

    def _read_record(self, lines: list[str]) -> list[str]:
        """Return the cells of the next record, and add its lines to `lines`."""
        lexer = RecordLexer(self.delimiter)
        size = 0
        while line := self._next_line():
            lines.append(line)
            size += len(line)
            if size > MAX_RECORD:
                lines[-1] = self._skip_rest_of(line)
                break
            if lexer.feed(line):
                return lexer.cells
        if lexer.is_inside_quotes:
            raise UnclosedQuote
        if size > MAX_RECORD:
            raise InvalidRecord(
                "too_long", _("This row has more than %(max)s characters."), max=MAX_RECORD
            )
        return lexer.cells

    def _resume_after(self, first: int, lines: list[str]) -> None:
        """Continue at the line after `first`."""
        again = lines[1:]
        self._read_again += sum(map(len, again)) + len(again) * _LINE_COST
        if self._read_again > MAX_READ_AGAIN:
            raise FileRefused(
                "too_damaged",
                _("Too many quotes are not closed. The rows from line %(line)s on were not read."),
                line=first,
            )
        self._pending.extendleft(reversed(again))
        self._line = first

    def _peek(self) -> str:
        if not self._pending and (line := self._text.readline(MAX_RECORD + 1)):
            self._pending.append(line)
        return self._pending[0] if self._pending else ""

    def _next_line(self) -> str:
        line = self._peek()
        if line:
            self._pending.popleft()
            self._line += 1
        return line

    def _skip_rest_of(self, line: str) -> str:
        """Skip the rest of a line that was too long to be read at once; return it as a whole."""
        rest = line
        while len(rest) > MAX_RECORD and not rest.endswith(("\r", "\n")):
            rest = self._text.readline(MAX_RECORD + 1)
        return line if rest is line else line + "\n"


def _normalize(name: str) -> str:
    return " ".join(name.casefold().split())


def _width(record: _Record | RowError | None) -> int:
    return len(record.cells) if isinstance(record, _Record) else 0
