"""A job queue in this process, for work that outlives its request."""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Hashable
from contextlib import nullcontext
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVarTuple

from django.db import connections

from apps.mail.exceptions import MailQueueFull
from apps.tenants.context import tenant_context

if TYPE_CHECKING:
    from apps.tenants.models import Tenant

logger = logging.getLogger("apps.mail")

Arguments = TypeVarTuple("Arguments")
Job = Callable[[], object]

#: Shorter than the grace periods of Docker (10 s) and of `manage.py serve` (20 s).
EXIT_SECONDS: Final = 8.0


def run_in_background(
    function: Callable[[*Arguments], object], *args: *Arguments, tenant: Tenant | None
) -> None:
    """Run `function(*args)` in another thread, with `tenant` (or none) active, without waiting.

    Exceptions of the job are logged. If the tenant's share of the queue is full, or no thread can
    be started, logs an error and raises MailQueueFull. Jobs are lost if the process is killed.
    """
    try:
        jobs.add(partial(_perform, function, args, tenant), tenant and tenant.pk)
    except (MailQueueFull, RuntimeError) as error:
        logger.error("Dropped %s: %r", _title(function, tenant), error)
        raise MailQueueFull from error


def require_room(tenant: Tenant) -> None:
    """Raise MailQueueFull if the queue takes no other job of `tenant`."""
    jobs.require_room(tenant.pk)


def wait_until_idle(timeout: float = 10.0) -> bool:
    """Wait for all jobs to end; return False if they have not after `timeout` seconds."""
    return jobs.wait_until_idle(timeout)


class JobQueue:
    """A bounded queue of jobs and its worker threads, which start with the first job.

    Up to `share` jobs wait for each key, and the keys take turns. It replaces ThreadPoolExecutor,
    which has no bound, rejects jobs that a job adds while the process exits, and blocks the exit
    for as long as the mail server does not respond.
    """

    def __init__(self, *, threads: int = 2, share: int = 50, capacity: int = 10_000) -> None:
        self.threads = threads
        self.share = share
        self.capacity = capacity
        self.reset()

    def reset(self) -> None:
        """Drop all jobs and threads; a forked child inherits no threads."""
        self._changed = threading.Condition()
        self._started: list[threading.Thread] = []
        self._waiting: dict[Hashable, deque[Job]] = {}  # in the order of their turns
        self.unfinished = 0

    def add(self, job: Job, key: Hashable) -> None:
        """Queue a job; raise MailQueueFull, or RuntimeError if no thread can be started."""
        with self._changed:
            self.require_room(key)
            self._ensure_started()
            self._waiting.setdefault(key, deque()).append(job)
            self.unfinished += 1
            self._changed.notify_all()

    def require_room(self, key: Hashable) -> None:
        if len(self._waiting.get(key, ())) >= self.share or self.unfinished >= self.capacity:
            raise MailQueueFull

    def wait_until_idle(self, timeout: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.unfinished == 0, timeout)

    def _ensure_started(self) -> None:
        while len(self._started) < self.threads:
            # Daemons, so that finish() limits how long the process waits for them.
            thread = threading.Thread(target=self._work, daemon=True, name="background")
            thread.start()
            self._started.append(thread)

    def _next(self) -> Job:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting)
            key, waiting = next(iter(self._waiting.items()))
            del self._waiting[key]
            job = waiting.popleft()
            if waiting:
                self._waiting[key] = waiting  # behind the others
            return job

    def _work(self) -> None:
        while True:
            job = self._next()
            try:
                # In an empty context: no tenant is active before the job or after it.
                Context().run(job)
            except BaseException:  # the thread must survive any error
                logger.exception("A background job was aborted.")
            finally:
                with self._changed:
                    self.unfinished -= 1
                    self._changed.notify_all()


def finish() -> None:
    """Wait for the jobs before the process exits, for at most EXIT_SECONDS."""
    if not jobs.wait_until_idle(EXIT_SECONDS):
        logger.error("The process ends with %d background jobs unfinished.", jobs.unfinished)


def _perform(
    function: Callable[..., object], args: tuple[object, ...], tenant: Tenant | None
) -> None:
    with nullcontext() if tenant is None else tenant_context(tenant):
        try:
            function(*args)
        except Exception:
            # The arguments are not logged, because they contain secrets.
            logger.exception("Failed: %s", _title(function, tenant))
        finally:
            # The next job may be hours later.
            connections.close_all()


def _title(function: Callable[..., object], tenant: Tenant | None) -> str:
    name = getattr(function, "__qualname__", type(function).__name__)
    return f"{name} for {'the platform' if tenant is None else f'shop {tenant.code}'}"


jobs = JobQueue()
os.register_at_fork(after_in_child=jobs.reset)
atexit.register(finish)
