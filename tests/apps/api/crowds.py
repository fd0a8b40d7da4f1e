"""Many at once, each on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connections


def in_parallel(work: Callable[[int], Any], times: int) -> list[Any]:
    """Return what `work(number)` returned or raised in `times` threads that start as one."""
    barrier = Barrier(times)
    results = [None] * times

    def run(number):
        try:
            barrier.wait(timeout=30)
            results[number] = work(number)
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return results
