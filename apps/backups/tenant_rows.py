"""One shop's rows, dumped, deleted and inserted by a role that PostgreSQL's policies bind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import IO, Any
from uuid import UUID

from psycopg2 import sql

from apps.backups.archive import Digest
from apps.backups.database import require_bound_role, tenant_tables
from apps.backups.exceptions import BackupError
from apps.tenants.database import TENANT_SETTING
from apps.tenants.privileges import privileges_on


class _HashingWriter:
    def __init__(self, file: IO[bytes] | None) -> None:
        self._file = file
        self.sha256 = sha256()

    def write(self, data: bytes) -> None:
        self.sha256.update(data)
        if self._file is not None:
            self._file.write(data)


class ShopRows:
    """What one shop has in every table that belongs to shops.

    The owner passes all walls, so it acts as the application's role wherever rows move.
    """

    def __init__(self, cursor: Any, tenant_id: UUID) -> None:
        self._cursor = cursor
        self._tenant_id = tenant_id
        self._role = require_bound_role(cursor)
        self._run("SET LOCAL {setting} = {shop}")

    def count(self, table: str) -> int:
        """Return how many rows there are, past all walls."""
        self._run("SELECT count(*) FROM {table} WHERE tenant_id = {shop}", table)
        [found] = self._cursor.fetchone()
        return int(found)

    def dump(self, table: str, file: IO[bytes] | None = None) -> Digest:
        """Return the digest of the rows that the policies show to the role; write them to a file.

        Raise BackupError where those are not all rows of the shop, or more.
        """
        rows = _HashingWriter(file)
        query = 'SELECT * FROM {table} entire ORDER BY entire::text COLLATE "C"'
        with self.bound():
            self._run(f"COPY ({query}) TO STDOUT (HEADER)", table, rows)
            digest = Digest(self._cursor.rowcount, rows.sha256.hexdigest())
        if digest.rows != self.count(table):
            raise BackupError("Under its policies PostgreSQL shows other rows than the shop has.")
        return digest

    @contextmanager
    def all_rights(self) -> Iterator[None]:
        """Give the role, for the block, the rights on shops' tables that it lacks.

        Nobody sees them: they are taken back before the transaction commits.
        """
        lacking = [
            (table, right)
            for table, model in tenant_tables().items()
            for right in sorted({"SELECT", "INSERT", "DELETE"} - privileges_on(model))
        ]
        for table, right in lacking:
            self._run(f"GRANT {right} ON {{table}} TO {{role}}", table)
        yield
        for table, right in lacking:
            self._run(f"REVOKE {right} ON {{table}} FROM {{role}}", table)

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

    def insert(self, table: str, rows: IO[bytes]) -> None:
        """Insert a table's rows. They are data: nothing of the file is run as SQL.

        PostgreSQL takes no COPY under a policy, hence the way through a temporary table.
        """
        self._run("CREATE TEMP TABLE incoming (LIKE {table}) ON COMMIT DROP", table)
        self._run("GRANT SELECT ON pg_temp.incoming TO {role}")
        self._run("COPY pg_temp.incoming FROM STDIN (HEADER MATCH)", file=rows)
        with self.bound():
            self._run("INSERT INTO {table} SELECT * FROM pg_temp.incoming", table)
        self._run("DROP TABLE pg_temp.incoming")

    def _run(self, statement: str, table: str = "", file: Any = None) -> None:
        """Run a statement made of text of ours and of quoted parts, a COPY with its file."""
        composed = sql.SQL(statement).format(
            table=sql.Identifier("public", table),
            role=sql.Identifier(self._role),
            setting=sql.SQL(TENANT_SETTING),
            shop=sql.Literal(str(self._tenant_id)),
        )
        text = composed.as_string(self._cursor.connection)
        if file is None:
            self._cursor.execute(text)
        else:
            self._cursor.copy_expert(text, file)
