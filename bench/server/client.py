"""A load of requests over kept-alive connections to the loopback, by the standard library alone."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Mapping
from http.client import HTTPConnection
from itertools import chain

PROCESSES = 2
CONNECTIONS_EACH = 8


def load(
    port: int, path: str, headers: Mapping[str, str], seconds: float
) -> tuple[float, list[float]]:
    """Return requests a second and every response time, in seconds; raise unless all were 200."""
    arguments = (port, path, dict(headers), seconds)
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        pool.map(_wake, range(PROCESSES), chunksize=1)
        times = list(chain.from_iterable(pool.starmap(_connections, [arguments] * PROCESSES, 1)))
    return len(times) / seconds, times


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


def _wake(_: int) -> None:
    time.sleep(0.1)


def _connections(port: int, path: str, headers: dict[str, str], seconds: float) -> list[float]:
    times: list[float] = []
    failed: list[BaseException] = []
    deadline = time.perf_counter() + seconds

    def ask() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            while (start := time.perf_counter()) < deadline:
                connection.request("GET", path, headers=headers)
                response = connection.getresponse()
                response.read()
                if response.status != 200:
                    raise RuntimeError(f"{path} answered {response.status}")
                times.append(time.perf_counter() - start)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS_EACH)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return times
