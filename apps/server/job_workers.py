"""The worker processes of `manage.py serve`."""

from __future__ import annotations

import logging
import threading
import time
from multiprocessing.process import BaseProcess
from typing import Final

from apps.server.spawning import spawn_command

logger = logging.getLogger(__name__)

#: Seconds before a worker that ended is started again, at first and at most.
WAITS: Final = (1.0, 30.0)


class JobWorkers:
    """Processes that run `manage.py work`, each started again when it ends."""

    def __init__(self, count: int) -> None:
        self._stopping = threading.Event()
        self._processes: dict[int, BaseProcess] = {}
        self._threads = [
            threading.Thread(target=self._supervise, args=[n], daemon=True, name=f"jobs-{n}")
            for n in range(count)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def terminate(self) -> None:
        """Ask the workers to finish their jobs and to end. For signal handlers."""
        self._stopping.set()
        for process in list(self._processes.values()):
            process.terminate()

    def stop(self, grace: float) -> None:
        """Terminate the workers, and kill those that have not ended after `grace` seconds.

        The job of a killed worker is repeated by another.
        """
        self.terminate()
        deadline = time.monotonic() + grace
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))
        for process in list(self._processes.values()):
            process.kill()
        for thread in self._threads:
            thread.join(1)

    def _supervise(self, number: int) -> None:
        shortest, longest = WAITS
        wait = shortest
        while not self._stopping.is_set():
            began = time.monotonic()
            process = spawn_command("work")
            process.start()
            self._processes[number] = process
            if self._stopping.is_set():  # between the two
                process.terminate()
            process.join()
            if self._stopping.is_set():
                return
            logger.error("A job worker has ended with %s.", process.exitcode)
            wait = shortest if time.monotonic() - began > longest else min(wait * 2, longest)
            self._stopping.wait(wait)
