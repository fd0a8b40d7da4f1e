"""Waiting until other transactions wait for the present one."""

from __future__ import annotations

from typing import Any

from tests.processes import until

_WAITING = """
SELECT count(*) FROM pg_locks WHERE NOT granted AND (
    transactionid = pg_current_xact_id()::xid
    OR relation = %s::regclass
)
"""


def wait_for_waiters(cursor: Any, table: str, count: int) -> None:
    """Return when so many statements wait for the cursor's transaction, for the table or its rows.

    Raise AssertionError if they do not.
    """

    def are_waiting() -> bool:
        cursor.execute(_WAITING, [table])
        [(waiting,)] = cursor.fetchall()
        return bool(waiting >= count)

    until(are_waiting)
