"""Calls that start at the same moment, each in a thread with its own database connections."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections
from django.db.backends.signals import connection_created


def in_parallel(times: int, work: Callable[[int], Any]) -> list[Any]:
    """Return the results of `work(0)` to `work(times - 1)`; raise what the first of them raises.

    Connections made meanwhile have long timeouts: many threads of one process take longer than
    those of the settings.
    """
    barrier = Barrier(times)

    def run(number: int) -> Any:
        try:
            barrier.wait(timeout=30)
            return work(number)
        finally:
            connections.close_all()

    connection_created.connect(_set_long_timeouts)
    try:
        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(run, range(times)))
    finally:
        connection_created.disconnect(_set_long_timeouts)


def _set_long_timeouts(connection: Any, **kwargs: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '60s'; SET statement_timeout = '60s'")
