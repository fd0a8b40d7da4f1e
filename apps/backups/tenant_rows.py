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
    """The rows of one shop in all tenant-owned tables.

    The owner bypasses the policies, so it dumps, deletes and inserts as the application's role.
    """

    def __init__(self, cursor: Any, tenant_id: UUID) -> None:
        self._cursor = cursor
        self._tenant_id = tenant_id
        self._role = require_bound_role(cursor)
        self._run("SET LOCAL {setting} = {shop}")

    def count(self, table: str) -> int:
        """Return the number of rows, bypassing the policies."""
        self._run("SELECT count(*) FROM {table} WHERE tenant_id = {shop}", table)
        [found] = self._cursor.fetchone()
        return int(found)

    def dump(self, table: str, file: IO[bytes] | None = None) -> Digest:
        """Return the digest of the rows that the policies show, and write them to `file`.

        Raise BackupError if those are not all rows of the shop, or more.
        """
        rows = _HashingWriter(file)
        query = 'SELECT * FROM {table} entire ORDER BY entire::text COLLATE "C"'
        with self.bound():
            self._run(f"COPY ({query}) TO STDOUT (HEADER)", table, rows)
            digest = Digest(self._cursor.rowcount, rows.sha256.hexdigest())
        if digest.rows != self.count(table):
            raise BackupError(f"The policies on {table} show other rows than the shop has.")
        return digest

    @contextmanager
    def all_privileges(self) -> Iterator[None]:
        """Grant the role the privileges that a restore needs, and revoke them after the block.

        Both happen in one transaction, so no other session sees them.
        """
        missing = [
            (table, privilege)
            for table, model in tenant_tables().items()
            for privilege in sorted({"SELECT", "INSERT", "DELETE"} - privileges_on(model))
        ]
        for table, privilege in missing:
            self._run(f"GRANT {privilege} ON {{table}} TO {{role}}", table)
        yield
        for table, privilege in missing:
            self._run(f"REVOKE {privilege} ON {{table}} FROM {{role}}", table)

    @contextmanager
    def bound(self) -> Iterator[None]:
        """Run the block under the policies. An error rolls the role back with the transaction."""
        self._run("SET LOCAL ROLE {role}")
        yield
        self._run("RESET ROLE")

    def delete(self) -> None:
        """Delete all rows that the policies show. References are checked at commit."""
        for table in tenant_tables():
            self._run("DELETE FROM {table}", table)

    def insert(self, table: str, rows: IO[bytes]) -> None:
        """Insert rows by way of a temporary table: COPY FROM does not support policies."""
        self._run("CREATE TEMP TABLE incoming (LIKE {table}) ON COMMIT DROP", table)
        self._run("GRANT SELECT ON pg_temp.incoming TO {role}")
        self._run("COPY pg_temp.incoming FROM STDIN (HEADER MATCH)", file=rows)
        with self.bound():
            self._run("INSERT INTO {table} SELECT * FROM pg_temp.incoming", table)
        self._run("DROP TABLE pg_temp.incoming")

    def _run(self, statement: str, table: str = "", file: Any = None) -> None:
        """Execute a statement with quoted parameters, or a COPY with its file."""
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
