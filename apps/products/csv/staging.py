"""Rows on disk, so that those of one product come together whatever their order in the file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from apps.products.csv.dialects import StagedRow

#: "" is a file without a name, which SQLite deletes when the connection closes.
_TEMPORARY = ""

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16000;
CREATE TABLE rows (seq INTEGER PRIMARY KEY, line INTEGER, key TEXT, cells TEXT);
CREATE TABLE products (key TEXT PRIMARY KEY, code TEXT, suffix TEXT) WITHOUT ROWID;
CREATE TABLE aliases (alias TEXT PRIMARY KEY, key TEXT) WITHOUT ROWID;
"""
_GROUP = """
UPDATE rows SET key = (SELECT key FROM aliases WHERE alias = rows.key)
    WHERE key IN (SELECT alias FROM aliases);
CREATE INDEX rows_by_key ON rows (key, seq);
CREATE INDEX products_by_code ON products (code);
CREATE TABLE found AS
    SELECT rows.key, min(seq) AS seq, min(line) AS line, count(DISTINCT line) AS lines,
        CASE WHEN suffix = '' OR 1 = (SELECT count(*) FROM products AS s WHERE s.code = p.code)
            THEN p.code ELSE p.code || '-' || suffix END AS code
    FROM rows LEFT JOIN products AS p ON p.key = rows.key GROUP BY rows.key;
CREATE TABLE groups AS
    SELECT key, line, lines, code,
        code IS NOT NULL AND row_number() OVER (PARTITION BY code ORDER BY seq) > 1 AS is_repeated
    FROM found ORDER BY seq;
"""


@dataclass(frozen=True)
class Group:
    """A product of the file, from the first of its lines, the number of which is `lines`.

    `code` is None if no line describes the product itself.
    """

    number: int
    key: str
    line: int
    lines: int
    code: str | None
    is_repeated: bool


class Stage:
    """The rows of a file, in a temporary database."""

    def __init__(self) -> None:
        self._database = sqlite3.connect(_TEMPORARY, isolation_level=None)
        self._database.executescript(_SCHEMA)
        self._database.execute("BEGIN")

    def close(self) -> None:
        self._database.close()

    def add(self, row: StagedRow) -> bool:
        """Add a row; return False if it repeats a product that has one row only."""
        if row.code and not self._add_product(row):
            return False
        self._database.execute(
            "INSERT INTO rows (line, key, cells) VALUES (?, ?, ?)",
            (row.line, row.key, json.dumps(dict(row.cells), ensure_ascii=False)),
        )
        return True

    def group(self) -> None:
        """Put the rows of each product together; call it once, after the last row."""
        self._database.execute("COMMIT")
        self._database.executescript(_GROUP)

    def groups(self, start: int = 0) -> Iterator[Group]:
        """Yield the products from number `start` on, in the order of their first rows."""
        found = self._database.execute(
            "SELECT rowid - 1, key, line, lines, code, is_repeated FROM groups"
            " WHERE rowid > ? ORDER BY rowid",
            (start,),
        )
        for number, key, line, lines, code, is_repeated in found:
            yield Group(number, key, line, lines, code, bool(is_repeated))

    def rows(self, group: Group) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the line and the cells of each row of a product, in the order of the file."""
        found = self._database.execute(
            "SELECT line, cells FROM rows WHERE key = ? ORDER BY seq", (group.key,)
        )
        for line, cells in found:
            yield line, json.loads(cells)

    def count(self) -> int:
        """Return the number of products."""
        [count] = self._database.execute("SELECT count(*) FROM groups").fetchone()
        return int(count)

    def _add_product(self, row: StagedRow) -> bool:
        added = self._database.execute(
            "INSERT OR IGNORE INTO products VALUES (?, ?, ?)", (row.key, row.code, row.suffix)
        )
        if not added.rowcount:
            return not row.is_only
        for alias in row.aliases:
            self._database.execute("INSERT OR IGNORE INTO aliases VALUES (?, ?)", (alias, row.key))
        return True
