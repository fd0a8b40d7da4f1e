"""Calls that start at the same moment, each in a thread with its own database connections."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections


def in_parallel(times: int, work: Callable[[int], Any]) -> list[Any]:
    """Return the results of `work(0)` to `work(times - 1)`; raise what the first of them raises."""
    barrier = Barrier(times)

    def run(number: int) -> Any:
        try:
            barrier.wait(timeout=30)
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))
