"""Waiting until other transactions wait for the present one."""

from __future__ import annotations

import time
from typing import Any

_WAITING = """
SELECT count(*) FROM pg_locks WHERE NOT granted AND (
    transactionid = pg_current_xact_id()::xid
    OR locktype = 'tuple' AND relation = %s::regclass
)
"""
DEADLINE = 20.0


def wait_for_waiters(cursor: Any, table: str, count: int) -> None:
    """Return when so many statements wait for the cursor's transaction, or for a row of the table.

    Raise AssertionError if they do not.
    """
    deadline = time.monotonic() + DEADLINE
    waiting = 0
    while waiting < count:
        assert time.monotonic() < deadline, "Nothing waits for the row."
        time.sleep(0.01)
        cursor.execute(_WAITING, [table])
        [(waiting,)] = cursor.fetchall()
