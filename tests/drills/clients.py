"""Clients that read and write all the time, and remember every answer."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from typing import Any

#: Whoever waits longer than this has been left hanging.
PATIENCE = 20.0

#: Sooner than any Retry-After, and late enough to leave the processor to others.
IMPATIENCE = 0.05

#: What stands for a status where there is none: cut off in the middle, or not let in at all.
NO_ANSWER = 0
REFUSED = -1


@dataclass(frozen=True)
class Sample:
    """One request: when it started, how long it took, and what came back."""

    started: float
    seconds: float
    status: int
    retry_after: str | None
    content_type: str | None
    wrote: str | None = None

    @property
    def ended(self) -> float:
        return self.started + self.seconds

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_clean_refusal(self) -> bool:
        """An answer that says what is wrong and when to come back.

        It is a 503; 429 is for a request that waited for a slot in vain, where its shop's other
        requests had as many as they may.
        """
        return (
            self.status in {429, 503}
            and self.retry_after is not None
            and self.content_type == "application/problem+json"
        )


@dataclass
class Client:
    """One connection to the server that is kept alive for as long as it holds.

    The server may close it between two requests, as any HTTP server; then the request is sent
    again on a new one, as HTTP clients do, unless this one must send nothing twice.
    """

    port: int
    host: str
    headers: dict[str, str] = field(default_factory=dict)
    sends_again: bool = True
    _connection: HTTPConnection | None = None

    def ask(self, method: str, path: str, body: Any = None, wrote: str | None = None) -> Sample:
        started = time.monotonic()
        try:
            status, headers = self._exchange_again(method, path, body)
        except (OSError, HTTPException) as error:
            self.hang_up()
            status = REFUSED if isinstance(error, ConnectionRefusedError) else NO_ANSWER
            headers = {}
        return Sample(
            started,
            time.monotonic() - started,
            status,
            headers.get("Retry-After"),
            headers.get("Content-Type"),
            wrote if status == 201 else None,
        )

    def hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange_again(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        may_be_closed = self.sends_again and self._connection is not None
        try:
            return self._exchange(method, path, body)
        except (BrokenPipeError, ConnectionResetError):  # the latter is RemoteDisconnected, too
            if not may_be_closed:
                raise
        self.hang_up()
        return self._exchange(method, path, body)

    def _exchange(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self._connection.request(
            method,
            path,
            None if body is None else json.dumps(body),
            {
                "Host": f"{self.host}:{self.port}",
                "Content-Type": "application/json",
                **self.headers,
            },
        )
        response = self._connection.getresponse()
        response.read()
        return response.status, response.headers


Step = Callable[[Client], Sample]


class Crowd:
    """Threads that each repeat a step until the crowd is sent home."""

    def __init__(self, clients: Sequence[Client], step: Step, pause: float = 0.0) -> None:
        self.samples: list[Sample] = []
        self._going_home = threading.Event()
        self._pause = pause
        self._threads = [
            threading.Thread(target=self._live, args=[client, step]) for client in clients
        ]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._going_home.set()
        for thread in self._threads:
            thread.join()

    def between(self, start: float, end: float) -> list[Sample]:
        """Return the requests that started in this time."""
        return [sample for sample in self.samples if start <= sample.started < end]

    def p99(self, start: float, end: float) -> float:
        """Return the seconds that 99 of 100 of them did not exceed."""
        return percentile([sample.seconds for sample in self.between(start, end)], 0.99)

    @property
    def written(self) -> set[str]:
        """What the server said that it stored."""
        return {sample.wrote for sample in self.samples if sample.wrote}

    def _live(self, client: Client, step: Step) -> None:
        while not self._going_home.is_set():
            sample = step(client)
            self.samples.append(sample)
            time.sleep(self._pause if sample.is_success else max(self._pause, IMPATIENCE))
        client.hang_up()


_numbers = count(1)


def read_or_write(client: Client) -> Sample:
    """Add a product, or list some: half and half."""
    return list_products(client) if next(_numbers) % 2 else write(client)


def list_products(client: Client) -> Sample:
    return client.ask("GET", "/api/products/?page_size=5")


def write(client: Client) -> Sample:
    code = f"drill-{next(_numbers)}"
    return client.ask("POST", "/api/products/", {"name": code, "code": code}, wrote=code)


def ask_whether_alive(client: Client) -> Sample:
    """A probe comes on a connection of its own, as an orchestrator's does."""
    sample = client.ask("GET", "/livez")
    client.hang_up()
    return sample


@contextmanager
def crowds(*several: Crowd) -> Iterator[None]:
    """Let several crowds live for the block."""
    for crowd in several:
        crowd.__enter__()
    try:
        yield
    finally:
        for crowd in several:
            crowd.__exit__()


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of the values do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
