from __future__ import annotations

import logging
import random
import threading
import time
from collections import Counter
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import Error, close_old_connections, connections

from apps.jobs.execution import execute
from apps.jobs.listener import JobListener
from apps.jobs.models import JobTicket
from apps.jobs.retention import delete_old_jobs

logger = logging.getLogger("apps.jobs")

#: Seconds between two looks at the queue without a notice, as behind a pooler.
POLL_SECONDS: Final = 1.0
#: Seconds between two deletions of old jobs.
RETENTION_SECONDS: Final = 3600.0


def run_due_jobs() -> int:
    """Run jobs in this thread until none is due, and return their number."""
    count, after = 0, None
    while (ticket := JobTicket.objects.claim(lease=settings.JOB_LEASE, after=after)) is not None:
        after = ticket.partition
        execute(ticket)
        count += 1
    return count


class Worker:
    """Threads that run jobs until stop() is called, and then finish the ones they have begun.

    Tenants take turns. The jobs of one tenant, and the long jobs of all, occupy at most all threads
    but one, so that a short job of another tenant does not wait for them.
    """

    def __init__(self, threads: int | None = None) -> None:
        self._lease = settings.JOB_LEASE
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        self._notices = 0
        self._after: UUID | None = None
        self._running: dict[UUID, JobTicket] = {}
        count = threads or settings.JOB_THREADS
        self._share = max(1, count - 1)
        self._threads = [
            threading.Thread(target=self._work, daemon=True, name=f"job-{n}") for n in range(count)
        ]
        self._listener = JobListener(self.wake)

    def run(self, grace: float) -> bool:
        """Run jobs until stop() is called; return False if some ran for `grace` seconds more."""
        for thread in self._threads:
            thread.start()
        self._listener.start()
        self._maintain()
        deadline = time.monotonic() + grace
        while any(thread.is_alive() for thread in self._threads) and time.monotonic() < deadline:
            self._renew_leases()
            for thread in self._threads:
                thread.join(min(self._renewal, deadline - time.monotonic(), 0.5))
        self._listener.stop()
        connections.close_all()
        return not any(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Begin no other job. For signal handlers: takes no lock."""
        self._stopping.set()

    def wake(self) -> None:
        """Look at the queue now."""
        with self._changed:
            self._notices += 1
            self._changed.notify_all()

    @property
    def _renewal(self) -> float:
        return self._lease.total_seconds() / 3

    def _maintain(self) -> None:
        # Workers that start together must not delete together.
        next_deletion = time.monotonic() + random.uniform(60, RETENTION_SECONDS)  # noqa: S311 -- see above
        while not self._stopping.wait(min(self._renewal, POLL_SECONDS)):
            self._renew_leases()
            if time.monotonic() >= next_deletion:
                next_deletion += RETENTION_SECONDS
                try:
                    delete_old_jobs()
                except Error:
                    logger.exception("Old jobs were not deleted.")
        self.wake()

    def _renew_leases(self) -> None:
        with self._changed:
            tickets = list(self._running.values())
        if not tickets:
            return
        close_old_connections()
        try:
            JobTicket.objects.renew(tickets, lease=self._lease)
        except Error as error:
            logger.warning("The leases of %d jobs were not renewed: %s", len(tickets), error)

    def _work(self) -> None:
        while not self._stopping.is_set():
            seen = self._notices
            close_old_connections()
            try:
                found = self._run_next()
            except Exception:  # such as a lost connection; the lease expires
                logger.exception("A job was aborted.")
                found = False
            if not found:
                with self._changed:
                    self._changed.wait_for(
                        lambda seen=seen: self._notices != seen or self._stopping.is_set(),  # type: ignore[misc]
                        POLL_SECONDS,
                    )
        connections.close_all()

    def _run_next(self) -> bool:
        with self._changed:  # one claim at a time, so that the tenants take turns
            if self._stopping.is_set():  # while this thread waited for its turn
                return False
            counts = Counter(ticket.partition for ticket in self._running.values())
            busy = [each for each, count in counts.items() if count >= self._share]
            long = [t for t in self._running.values() if t.queue in settings.LONG_JOB_QUEUES]
            closed = settings.LONG_JOB_QUEUES if len(long) >= self._share else []
            ticket = JobTicket.objects.claim(
                lease=self._lease, after=self._after, busy=busy, closed=closed
            )
            if ticket is None:
                return False
            self._after = ticket.partition
            self._running[ticket.pk] = ticket
        try:
            execute(ticket)
        finally:
            with self._changed:
                del self._running[ticket.pk]
        return True
