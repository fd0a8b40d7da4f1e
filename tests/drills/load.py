"""Clients in a process of their own, so that a crowd and a measurement do not slow each other."""

from __future__ import annotations

import json
import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from typing import Any

#: Instead of a status, where no answer came.
NO_ANSWER = 0

_spawn = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Request:
    """What to ask; `{n}` in the body and in the values of headers is another number each time."""

    host: str
    path: str
    method: str = "GET"
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    status: int
    method: str
    began: float
    seconds: float
    error: str = ""

    @property
    def is_failure(self) -> bool:
        """Tell whether the server, not the client, is to blame."""
        return self.status == NO_ANSWER or self.status >= 500


@dataclass(frozen=True)
class Load:
    """`clients` that ask `requests` in turn, each on a connection of its own.

    They stop after `total` requests, or after `seconds`. Each waits `pause` between two.
    """

    port: int
    requests: Sequence[Request]
    clients: int
    total: int = 10**9
    seconds: float = 10**9
    pause: float = 0.0

    @contextmanager
    def running(self) -> Iterator[Crowd]:
        """Ask during the block, and stop at its end, if not before."""
        crowd = Crowd(self)
        try:
            yield crowd
        finally:
            crowd.stop()

    def run(self) -> list[Answer]:
        """Ask to the end; return the answers."""
        with self.running() as crowd:
            return crowd.answers()


class Crowd:
    """The process of a load."""

    def __init__(self, load: Load) -> None:
        self._ours, theirs = _spawn.Pipe()
        self._stop = _spawn.Event()
        self._process = _spawn.Process(target=_serve_load, args=(load, theirs, self._stop))
        self._process.start()
        assert self._ours.poll(60)
        assert self._ours.recv() == "started"
        self._answers: list[Answer] | None = None

    @property
    def is_done(self) -> bool:
        return self._answers is not None or self._ours.poll()

    def answers(self) -> list[Answer]:
        """Wait for the last answer; return all of them."""
        if self._answers is None:
            self._answers = self._ours.recv()
            self._process.join(60)
        return self._answers

    def stop(self) -> list[Answer]:
        self._stop.set()
        return self.answers()


def percentile(answers: Sequence[Answer], share: float) -> float:
    """Return the time in seconds that this share of the answers took at the most."""
    times = sorted(answer.seconds for answer in answers)
    return times[min(int(len(times) * share), len(times) - 1)]


def statuses(answers: Sequence[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


def failures(answers: Sequence[Answer]) -> list[Answer]:
    return [answer for answer in answers if answer.is_failure]


def _serve_load(load: Load, pipe: Any, stop: Any) -> None:
    answers: list[Answer] = []
    numbers = count()
    deadline = time.monotonic() + load.seconds

    def ask_on() -> None:
        while not stop.is_set() and time.monotonic() < deadline:
            number = next(numbers)
            if number >= load.total:
                return
            answers.append(_ask(load.port, load.requests[number % len(load.requests)], number))
            stop.wait(load.pause) if load.pause else None

    threads = [threading.Thread(target=ask_on) for _ in range(load.clients)]
    pipe.send("started")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pipe.send(answers)


def _ask(port: int, request: Request, number: int) -> Answer:
    began = time.monotonic()
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(
            request.method,
            request.path,
            body=request.body and json.dumps(request.body).replace("{n}", str(number)),
            headers={
                "Host": f"{request.host}:{port}",
                "Content-Type": "application/json",
                "Connection": "close",
                **{k: v.replace("{n}", str(number)) for k, v in request.headers.items()},
            },
        )
        response = connection.getresponse()
        response.read()
        status, error = response.status, ""
    except (OSError, HTTPException) as problem:
        status, error = NO_ANSWER, repr(problem)
    finally:
        connection.close()
    return Answer(status, request.method, began, time.monotonic() - began, error)
