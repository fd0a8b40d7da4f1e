from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from django.db import NotSupportedError
from psycopg2 import sql
from psycopg2.extensions import TRANSACTION_STATUS_INERROR, cursor

from apps.tenants.context import get_active_tenant_id

#: The setting that every policy compares `tenant_id` with.
TENANT_SETTING = "app.tenant_id"

# Whole statements only: another statement could follow, which does need the tenant.
_SAVEPOINT_COMMAND = re.compile(
    r'(?:SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT) (?:\w+|"[^"]+")'
)

Query = str | bytes | sql.Composable
Parameters = Sequence[Any] | Mapping[str, Any] | None


class TenantCursor(cursor):
    """A cursor that sends `SET LOCAL app.tenant_id = '<uuid>'; <statement>` as one message.

    PostgreSQL runs the statements of one message in one transaction, so the setting ends with
    the statement in autocommit and with the transaction in `atomic`. Nothing stays on the
    connection, so it is safe behind a pooler in transaction mode. With no active tenant the
    setting is empty: policies match no row and reject every insert.

    Server-side cursors, callproc() and COPY cannot carry the prefix and raise NotSupportedError.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.name is not None:
            _refuse("A server-side cursor")

    def execute(self, query: Query, vars: Parameters = None) -> None:  # noqa: A002 -- psycopg2's name
        statement = self._as_text(query)
        if self._takes_announcement(statement):
            statement = f"{announcement()}{statement}"
        super().execute(statement, vars)

    def executemany(self, query: Query, vars_list: Iterable[Parameters]) -> None:
        for parameters in vars_list:
            self.execute(query, parameters)

    def callproc(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse("callproc()")

    def copy_from(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse("COPY")

    copy_to = copy_expert = copy_from

    def _as_text(self, query: Query) -> str:
        if isinstance(query, sql.Composable):
            return query.as_string(self)
        return query.decode() if isinstance(query, bytes) else query

    def _takes_announcement(self, statement: str) -> bool:
        if self.connection.info.transaction_status == TRANSACTION_STATUS_INERROR:
            return False  # PostgreSQL accepts only the end of the transaction
        return _SAVEPOINT_COMMAND.fullmatch(statement) is None


def announcement() -> str:
    """Return the statement that sets the active tenant in PostgreSQL.

    The value is a UUID of the context or empty, never a client's text, so it is not escaped.
    """
    return f"SET LOCAL {TENANT_SETTING} = '{get_active_tenant_id() or ''}'; "


def _refuse(what: str) -> NoReturn:
    raise NotSupportedError(f"{what} cannot send the tenant to PostgreSQL; run plain statements.")
