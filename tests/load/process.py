"""A load in another process, so that the clients do not slow the measurement."""

from __future__ import annotations

import multiprocessing
from typing import Any

from tests.load.requests import Sample
from tests.load.threads import Load, LoadThreads

_spawn = multiprocessing.get_context("spawn")


class LoadProcess:
    """The process that runs a load during the block, or until the load is done."""

    def __init__(self, load: Load) -> None:
        self._pipe, theirs = _spawn.Pipe()
        self._stop = _spawn.Event()
        self._process = _spawn.Process(target=_run, args=(load, theirs, self._stop))
        self._samples: list[Sample] | None = None

    def __enter__(self) -> LoadProcess:
        self._process.start()
        assert self._pipe.poll(60)
        assert self._pipe.recv() == "started"
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def is_done(self) -> bool:
        return self._samples is not None or self._pipe.poll()

    def samples(self) -> list[Sample]:
        """Wait for the load to end; return all samples."""
        if self._samples is None:
            self._samples = self._pipe.recv()
            self._process.join(60)
        return self._samples

    def stop(self) -> list[Sample]:
        """End the load early; return all samples."""
        self._stop.set()
        return self.samples()


def run(load: Load) -> list[Sample]:
    """Run a load to its end; return its samples."""
    with LoadProcess(load) as running:
        return running.samples()


def _run(load: Load, pipe: Any, stop: Any) -> None:
    threads = LoadThreads(load, stop)
    pipe.send("started")
    threads.start()
    threads.join()
    pipe.send(threads.samples)
