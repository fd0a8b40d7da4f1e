"""Work that outlives its request: a few threads of this process, and no server beside it."""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections.abc import Callable
from contextlib import nullcontext
from contextvars import Context
from functools import partial
from queue import Full, Queue
from typing import TYPE_CHECKING, Final, TypeVarTuple

from django.db import connections

from apps.tenants.context import tenant_context

if TYPE_CHECKING:
    from apps.tenants.models import Tenant

logger = logging.getLogger("apps.mail")

Arguments = TypeVarTuple("Arguments")
Job = Callable[[], object]

#: Below the ten seconds that Docker gives a container, and the twenty that our server gives.
EXIT_SECONDS: Final = 8.0


def run_in_background(
    function: Callable[[*Arguments], object], *args: *Arguments, tenant: Tenant | None
) -> None:
    """Run `function(*args)` soon in another thread, with `tenant` (or none) active.

    Never raises and never waits: what the job raises is logged, and a job that finds 1,000 others
    waiting is dropped with an error in the log. Jobs are lost when the process is killed.
    """
    try:
        jobs.add(partial(_perform, function, args, tenant))
    except (Full, RuntimeError) as error:  # RuntimeError: no thread could be started
        logger.error("Dropped %s: %r", _title(function, tenant), error)


def wait_until_idle(timeout: float = 10.0) -> bool:
    """Wait until no job waits or runs, for at most `timeout` seconds; tell whether that is so."""
    return jobs.wait_until_idle(timeout)


class JobQueue:
    """Jobs, and the threads that take them up, which start with the first job.

    Not a ThreadPoolExecutor: that one has no bound, refuses what a job adds while the process
    exits, and then waits for ever when the mail server does not answer.
    """

    def __init__(self, *, threads: int = 2, capacity: int = 1_000) -> None:
        self.threads = threads
        self.capacity = capacity
        self.start_afresh()

    def start_afresh(self) -> None:
        """Forget jobs and threads. A forked child has none of its parent's threads."""
        self._lock = threading.Lock()
        self._started: list[threading.Thread] = []
        self._jobs: Queue[Job] = Queue(self.capacity)

    def add(self, job: Job) -> None:
        """Queue a job; raise Full over capacity, RuntimeError if no thread can be started."""
        self._ensure_started()
        self._jobs.put_nowait(job)

    def wait_until_idle(self, timeout: float) -> bool:
        with self._jobs.all_tasks_done:
            return self._jobs.all_tasks_done.wait_for(lambda: self.unfinished == 0, timeout)

    @property
    def unfinished(self) -> int:
        return self._jobs.unfinished_tasks

    def _ensure_started(self) -> None:
        with self._lock:
            while len(self._started) < self.threads:
                # Daemons, so that `finish` decides how long the process waits for them.
                thread = threading.Thread(target=self._work, daemon=True, name="background")
                thread.start()
                self._started.append(thread)

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                # An empty context: nothing is active before the job, and nothing after it.
                Context().run(job)
            except BaseException:  # whatever it is, the thread must outlive it
                logger.exception("A background job broke off.")
            finally:
                self._jobs.task_done()


def finish() -> None:
    """Let this process end when its jobs have; give up on them after EXIT_SECONDS."""
    if not jobs.wait_until_idle(EXIT_SECONDS):
        logger.error("The process ends with %d background jobs unfinished.", jobs.unfinished)


def _perform(
    function: Callable[..., object], args: tuple[object, ...], tenant: Tenant | None
) -> None:
    with nullcontext() if tenant is None else tenant_context(tenant):
        try:
            function(*args)
        except Exception:
            # No arguments in the log: there are secrets among them.
            logger.exception("Failed: %s", _title(function, tenant))
        finally:
            # Not kept for the next job, which may be hours away.
            connections.close_all()


def _title(function: Callable[..., object], tenant: Tenant | None) -> str:
    name = getattr(function, "__qualname__", type(function).__name__)
    return f"{name} for {'the platform' if tenant is None else f'shop {tenant.code}'}"


jobs = JobQueue()
os.register_at_fork(after_in_child=jobs.start_afresh)
atexit.register(finish)
