"""Damaged and hostile files: every row is read, or refused by its line."""

from __future__ import annotations

import io
import tracemalloc
from contextlib import suppress

import pytest

from apps.products.csv import reader
from apps.products.csv.exceptions import FileRefused
from apps.products.csv.lexer import RecordLexer
from apps.products.csv.reader import MAX_RECORD, CSVReader
from tests.apps.products.csv.files import read_rows, rows_of


def cells(rows):
    return [list(row.cells.values()) for row in rows]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a,b\n1,2\n", [["1", "2"]]),
        ("\ufeffa,b\n1,2", [["1", "2"]]),
        ("a;b\r\n1;2\r\n", [["1", "2"]]),
        ("a\tb\r1\t2\r", [["1", "2"]]),
        ("sep=;\na;b\n1;2,5\n", [["1", "2,5"]]),
        ("\n\n A ,b\n1,2\n", [["1", "2"]]),
        ('a,b\n"x\ny, z","5"" nail"\n', [["x\ny, z", '5" nail']]),
        ('a,b\n5" nail, "x, y" \n', [['5" nail', "x, y"]]),
        ("a,b\n,,,\n\n1,2,,\n", [["1", "2"]]),
        ("a,b\n'=1,'90s\n", [["=1", "'90s"]]),
        ("a,b\nCafé,€\n".encode("cp1252"), [["Café", "€"]]),
        ("a,b\nCafé,€\n".encode("utf-16"), [["Café", "€"]]),
    ],
)
def test_file_is_read(content, expected):
    rows, errors = read_rows(content)

    assert (cells(rows), errors) == (expected, [])


@pytest.mark.parametrize(
    ("damaged", "errors"),
    [
        ('x,"never closed', [(3, "unclosed_quote")]),
        ('x,"5" nail"', [(3, "unclosed_quote")]),
        ("x,a\0b", [(3, "nul_byte")]),
        ("x", [(3, "too_few_cells")]),
        ("x,y,z", [(3, "too_many_cells")]),
        (b"x,Caf\xc3\xa9 \xff", [(3, "undecodable")]),
        (f"x,{'y' * MAX_RECORD}", [(3, "too_long")]),
        (f'x,"{"y" * MAX_RECORD}"', [(3, "too_long")]),
    ],
    ids=lambda value: value[0][1] if isinstance(value, list) else "",
)
def test_damaged_row_is_refused_alone(damaged, errors):
    before, after = b"a,b\n1,2\n", b'\n3,4\n5,"6"\n7,""\n'
    raw = damaged.encode() if isinstance(damaged, str) else damaged

    rows, found = read_rows(before + raw + after)

    assert (cells(rows), found) == ([["1", "2"], ["3", "4"], ["5", "6"], ["7", ""]], errors)


def test_block_of_short_rows_lacks_empty_cells():
    """Excel drops them; one short row alone has lost a delimiter, and its cells are displaced."""
    rows, errors = read_rows(rows_of("a,b,c", "1", "2", "3,4,5", "6 7,8", "9"))

    assert cells(rows) == [["1", "", ""], ["2", "", ""], ["3", "4", "5"]]
    assert errors == [(5, "too_few_cells"), (6, "too_few_cells")]


def test_lines_of_a_damaged_record_are_not_rows():
    rows, errors = read_rows(rows_of("a,b,c", '1,"5" pot', "of clay", "and glaze", '",x', "2,3,4"))

    assert cells(rows) == [["2", "3", "4"]]
    assert [line for line, _ in errors] == [2, 3, 4, 5]


def test_rows_keep_their_line_numbers():
    rows, errors = read_rows('a,b\n1,"x\ny"\n\n2,"\n3,z\n')

    assert ([row.line for row in rows], errors) == ([2, 6], [(5, "unclosed_quote")])


def test_quote_that_encloses_rows_by_chance_costs_no_row():
    """The quote of line 2 seems to end in line 4, with a wrong number of cells."""
    rows, errors = read_rows(rows_of("a,b", 'x,"y', "1,2", '3,z",4', "5,6"))

    assert cells(rows) == [["1", "2"], ["5", "6"]]
    assert errors == [(2, "too_many_cells"), (4, "too_many_cells")]


def test_one_stray_byte_does_not_garble_other_rows():
    rows, errors = read_rows("a,b\nCafé,ü\n".encode() + b"x,\xff\n" + "Crème,ß\n".encode())

    assert (cells(rows), errors) == ([["Café", "ü"], ["Crème", "ß"]], [(3, "undecodable")])


def test_first_of_two_columns_of_a_name_is_used():
    reader = CSVReader(io.BytesIO(b"a,b, A \n1,2,3\n"))

    [warning] = reader.warnings()
    [row] = reader

    assert (warning.column, warning.code) == ("A", "duplicate_column")
    assert row.cells == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n \n", "empty_file"),
        (b'a,"b\n', "no_header"),
        ("a,b\n1,2\n".encode("utf-16-le"), "no_header"),
        (b"\xef\xbb\xbfa,Gr\xf6sse\n1,2\n", "no_header"),
        (b"," * 2_000, "no_header"),
        (b"PK\x03\x04 and so on", "spreadsheet"),
    ],
)
def test_file_that_is_not_csv_is_refused(content, code):
    with pytest.raises(FileRefused) as refusal:
        CSVReader(io.BytesIO(content))

    assert refusal.value.code == code


@pytest.fixture
def read(monkeypatch):
    """The numbers of characters that the lexer gets, lines read again included."""
    sizes = []
    feed = RecordLexer.feed

    def counting(lexer, line):
        sizes.append(len(line))
        return feed(lexer, line)

    monkeypatch.setattr(RecordLexer, "feed", counting)
    return sizes


@pytest.mark.parametrize(
    "content",
    [
        '",' * 1_000_000,
        '"' * 2_000_001,
        '"\n' * 200_000,
        "x" * 3_000_000,
        ",\n" * 200_000,
        ("," * 900_000 + "\n") * 3,
    ],
    ids=range(6),
)
def test_hostile_file_is_read_a_limited_number_of_times(content, monkeypatch, read):
    monkeypatch.setattr(reader, "MAX_READ_AGAIN", 8_000_000)

    with suppress(FileRefused):
        read_rows("a,b\n" + content)

    assert sum(read) < 2 * reader.MAX_READ_AGAIN + len(content)


class Endless(io.RawIOBase):
    """A file of many rows that is generated while it is read."""

    def __init__(self, rows):
        self._row = b"x," + b"y" * 1_000 + b"\n"
        self._size = len(self._row) * rows
        self._position = 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=0):
        self._position = offset
        return offset

    def tell(self):
        return self._position

    def readinto(self, buffer):
        if not self._position:
            buffer[:4] = b"a,b\n"
            self._position = 4
            return 4
        count = min(len(buffer), self._size - self._position)
        start = (self._position - 4) % len(self._row)
        buffer[:count] = (self._row * (count // len(self._row) + 2))[start : start + count]
        self._position += count
        return count


def test_memory_does_not_grow_with_the_file():
    tracemalloc.start()

    count = sum(1 for _ in CSVReader(io.BufferedReader(Endless(20_000))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 20_000
    assert peak < 4_000_000


def test_rest_of_a_file_with_too_many_open_quotes_is_not_silently_lost(monkeypatch, read):
    """Every line ends with an open quote, if it begins inside or outside of quotes."""
    monkeypatch.setattr(reader, "MAX_READ_AGAIN", 8_000_000)

    with pytest.raises(FileRefused) as refusal:
        read_rows("a,b\n" + 'x",",\n' * 300_000)

    assert sum(read) < 2 * reader.MAX_READ_AGAIN
    assert refusal.value.code == "too_damaged"
    assert "were not read" in refusal.value.detail
