"""One shop's rows, dumped, deleted and inserted by a role that PostgreSQL's policies bind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from psycopg2 import sql

from apps.backups.archive import Archive, ArchiveWriter
from apps.backups.database import columns_of, run, tenant_tables
from apps.tenants.database import TENANT_SETTING
from apps.tenants.grants import rights_on


class ShopRows:
    """What one shop has in every table that belongs to shops.

    The owner passes all walls, so it acts as the application's role wherever rows move.
    """

    def __init__(self, cursor: Any, tenant_id: UUID, role: str) -> None:
        self.tenant_id = tenant_id
        self._cursor = cursor
        self._role = role
        self._run("SET LOCAL {setting} = {shop}")

    def counts(self) -> dict[str, int]:
        """Return how many rows there are, of the tables that have any."""
        found = {}
        for table in tenant_tables():
            self._run("SELECT count(*) FROM {table} WHERE tenant_id = {shop}", table)
            [found[table]] = self._cursor.fetchone()
        return {table: count for table, count in found.items() if count}

    def dump(self, archive: ArchiveWriter) -> dict[str, int]:
        """Write what the policies show to the role; return how many rows by table."""
        counts = {}
        for table in tenant_tables():
            columns = sql.SQL(", ").join(map(sql.Identifier, columns_of(self._cursor, table)))
            copy = sql.SQL("COPY {} ({}) TO STDOUT (HEADER)").format(
                sql.Identifier("public", table), columns
            )
            with self.bound(), archive.member(_member(table)) as file:
                self._cursor.copy_expert(copy.as_string(self._cursor.connection), file)
                counts[table] = self._cursor.rowcount
        return counts

    @contextmanager
    def all_rights(self) -> Iterator[None]:
        """Give the role, for the block, the rights on shops' tables that it lacks.

        Nobody sees them: they are taken back before the transaction commits.
        """
        lacking = [
            (table, sql.SQL(right))
            for table, model in tenant_tables().items()
            for right in sorted({"SELECT", "INSERT", "DELETE"} - rights_on(model))
        ]
        for table, right in lacking:
            self._run("GRANT {right} ON {table} TO {role}", table, right=right)
        yield
        for table, right in lacking:
            self._run("REVOKE {right} ON {table} FROM {role}", table, right=right)

    @contextmanager
    def bound(self) -> Iterator[None]:
        """Be bound by the policies for the block. A failure ends the transaction, and this."""
        self._run("SET LOCAL ROLE {role}")
        yield
        self._run("RESET ROLE")

    def delete(self) -> None:
        """Delete every row that the policies show. References are checked at the end."""
        for table in tenant_tables():
            self._run("DELETE FROM {table}", table)

    def insert(self, archive: Archive, table: str) -> None:
        """Insert a table's rows. They are data: nothing of the file is run as SQL.

        PostgreSQL takes no COPY under a policy, hence the way through a temporary table.
        """
        listed = columns_of(self._cursor, table)
        columns = sql.SQL(", ").join(map(sql.Identifier, listed))
        self._run(
            "CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {columns} FROM {table}"
            " WITH NO DATA; GRANT SELECT ON pg_temp.incoming TO {role}",
            table,
            columns=columns,
        )
        with archive.open(_member(table)) as rows:
            self._cursor.copy_expert("COPY pg_temp.incoming FROM STDIN (HEADER MATCH)", rows)
        with self.bound():
            self._run(
                "INSERT INTO {table} ({columns}) SELECT {columns} FROM pg_temp.incoming",
                table,
                columns=columns,
            )
        self._run("DROP TABLE pg_temp.incoming")

    def _run(self, statement: str, table: str = "", **parts: sql.Composable) -> None:
        run(
            self._cursor,
            statement,
            table=sql.Identifier("public", table),
            role=sql.Identifier(self._role),
            setting=sql.SQL(TENANT_SETTING),
            shop=sql.Literal(str(self.tenant_id)),
            **parts,
        )


def _member(table: str) -> str:
    return f"{table}.copy"
