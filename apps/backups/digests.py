"""What is in a table, in a number and a checksum."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from psycopg2 import sql

from apps.backups.exceptions import BackupError

_TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Digest:
    """How many rows there are, and the SHA-256 of their text in order."""

    rows: int
    sha256: str


def every_table(cursor: Any) -> dict[str, sql.Identifier]:
    """Return the tables of the database by name."""
    cursor.execute(_TABLES)
    return {f"{schema}.{table}": sql.Identifier(schema, table) for schema, table in cursor}


def digest_of(cursor: Any, table: sql.Identifier, shop: UUID | None = None) -> Digest:
    """Return the digest of a table, or of one shop's rows in it, past all walls."""
    rows = sql.SQL("SELECT entire::text FROM {} entire").format(table)
    if shop is not None:
        rows += sql.SQL(" WHERE tenant_id = {}").format(sql.Literal(str(shop)))
    query = sql.SQL('COPY ({} ORDER BY entire::text COLLATE "C") TO STDOUT').format(rows)
    lines = _Lines()
    cursor.copy_expert(query.as_string(cursor.connection), lines)
    return Digest(lines.count, lines.digest.hexdigest())


def digests_of_shop(
    cursor: Any, shop: UUID, tables: Iterable[str], say: Callable[[str], None]
) -> dict[str, Digest]:
    """Return the digest of a shop's rows in each table."""
    named = {table: sql.Identifier("public", table) for table in tables}
    return _digests(cursor, named, say, shop)


def digests_of_everything(cursor: Any, say: Callable[[str], None]) -> dict[str, Digest]:
    """Return the digest of every table of the database."""
    return _digests(cursor, every_table(cursor), say)


def require_equal(found: dict[str, Digest], expected: dict[str, Digest]) -> None:
    """Raise BackupError, with the tables that differ, unless the database has what was saved."""
    names = found.keys() | expected.keys()
    wrong = sorted(name for name in names if found.get(name) != expected.get(name))
    if wrong:
        raise BackupError(f"Rows are not those of the manifest in {', '.join(wrong)}.")


def _digests(
    cursor: Any,
    tables: dict[str, sql.Identifier],
    say: Callable[[str], None],
    shop: UUID | None = None,
) -> dict[str, Digest]:
    found = {}
    for name, table in tables.items():
        found[name] = digest_of(cursor, table, shop)
        say(f"{name}: {found[name].rows} rows, sha256 {found[name].sha256[:12]}")
    return found


class _Lines:
    """Takes what COPY sends: a line for each row."""

    def __init__(self) -> None:
        self.count = 0
        self.digest = sha256()

    def write(self, data: bytes) -> None:
        self.count += data.count(b"\n")
        self.digest.update(data)
