"""Waiting until other transactions wait for the present one."""

from __future__ import annotations

import time
from typing import Any

_WAITING = """
SELECT count(*) FROM pg_locks WHERE NOT granted AND (
    transactionid = pg_current_xact_id()::xid
    OR relation = %s::regclass
)
"""
DEADLINE = 20.0


def wait_for_waiters(cursor: Any, table: str, count: int) -> None:
    """Return when so many statements wait for the cursor's transaction, for the table or its rows.

    Raise AssertionError if they do not.
    """
    deadline = time.monotonic() + DEADLINE
    waiting = 0
    while waiting < count:
        assert time.monotonic() < deadline, "Nothing waits."
        time.sleep(0.01)
        cursor.execute(_WAITING, [table])
        [(waiting,)] = cursor.fetchall()
