"""A load of many clients, each in a thread of this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from itertools import count
from typing import Any

from tests.load.clients import Client
from tests.load.requests import Request, Sample, percentile, written_codes


@dataclass(frozen=True)
class Load:
    """`clients` that send `requests` in turn, until `total` were sent or `seconds` have passed.

    Each client waits `pause` seconds after a request, and at least `backoff` after a failed one.
    """

    port: int
    requests: Sequence[Request]
    clients: int
    total: int = 10**9
    seconds: float = 10**9
    pause: float = 0.0
    backoff: float = 0.0
    keeps_alive: bool = False
    resends: bool = True


class LoadThreads:
    """The running clients of a load; `samples` grow while they run."""

    def __init__(self, load: Load, stop: Any = None) -> None:
        self.samples: list[Sample] = []
        self._load = load
        self._stop = stop or threading.Event()
        self._numbers = count()
        self._deadline = time.monotonic() + load.seconds
        self._threads = [threading.Thread(target=self._run_client) for _ in range(load.clients)]

    def __enter__(self) -> LoadThreads:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self.join()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def between(self, start: float, end: float) -> list[Sample]:
        """Return the samples of requests that started in this time."""
        return [sample for sample in self.samples if start <= sample.started < end]

    def p99(self, start: float, end: float) -> float:
        """Return the seconds that 99 of 100 of them did not exceed."""
        return percentile(self.between(start, end), 0.99)

    @property
    def written(self) -> set[str]:
        """Return the codes that the server acknowledged as created."""
        return written_codes(list(self.samples))

    def _run_client(self) -> None:
        load = self._load
        client = Client(load.port, keeps_alive=load.keeps_alive, resends=load.resends)
        while not self._stop.is_set() and time.monotonic() < self._deadline:
            number = next(self._numbers)
            if number >= load.total:
                break
            sample = take_sample(client, load.requests[number % len(load.requests)], number)
            self.samples.append(sample)
            if pause := load.pause if sample.is_success else max(load.pause, load.backoff):
                self._stop.wait(pause)
        client.close()


def take_sample(client: Client, request: Request, number: int) -> Sample:
    """Send a request and measure it, whatever comes back."""
    numbered, started = request.numbered(number), time.monotonic()
    try:
        response = client.send(numbered)
    except (OSError, HTTPException) as error:
        seconds = time.monotonic() - started
        return Sample(request, number, started, seconds, error=repr(error))
    return Sample(
        request,
        number,
        started,
        time.monotonic() - started,
        response.status,
        response.headers.get("Retry-After"),
        response.headers.get("Content-Type"),
    )
