from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.db import connections, models
from django.db.models.functions import Now

if TYPE_CHECKING:
    from apps.jobs.models import JobTicket

ModelT = TypeVar("ModelT", bound=models.Model)

#: A worker looks for work every second; a job that waits for this long has no worker.
LATE = timedelta(seconds=60)

# One statement looks for a ticket and takes it, so that no two workers get the same. The order by
# partition makes the tenants take turns: each claim begins after the tenant of the last one.
_CLAIM = """
UPDATE job_tickets SET
    lease_expires_at = now() + %(lease)s, fence = fence + 1, attempts = attempts + 1
WHERE id = (
    SELECT id FROM job_tickets
    WHERE run_at <= now() AND (lease_expires_at IS NULL OR lease_expires_at < now())
      AND (%(after)s::uuid IS NULL OR partition > %(after)s)
      AND partition <> ALL (%(busy)s::uuid[]) AND queue <> ALL (%(closed)s::text[])
    ORDER BY partition, priority DESC, run_at, id
    LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, partition, queue, priority, run_at, lease_expires_at, fence, attempts
"""

# Tickets that are locked are in use by a transaction of their holder, and need no lease.
_RENEW = """
UPDATE job_tickets SET lease_expires_at = now() + %(lease)s WHERE id IN (
    SELECT id FROM job_tickets
    WHERE (id, fence) IN (SELECT * FROM unnest(%(ids)s::uuid[], %(fences)s::int[]))
      AND lease_expires_at IS NOT NULL
    FOR UPDATE SKIP LOCKED
)
"""

_NAMES = ("id", "partition", "queue", "priority", "run_at", "lease_expires_at", "fence", "attempts")


class JobTicketManager(models.Manager[ModelT]):
    """Tickets of all tenants."""

    def claim(
        self,
        *,
        lease: timedelta,
        after: UUID | None = None,
        busy: Collection[UUID] = (),
        closed: Collection[str] = (),
    ) -> JobTicket | None:
        """Lease the next ticket that is due, or return None.

        The tenants behind `after` come first; those in `busy` and the queues in `closed` are left
        out.
        """
        values = {"lease": lease, "busy": list(busy), "closed": list(closed)}
        found = self._claim({**values, "after": after})
        return self._claim({**values, "after": None}) if found is None and after else found

    def renew(self, tickets: Iterable[JobTicket], *, lease: timedelta) -> None:
        """Extend the leases of tickets that this process holds."""
        ids, fences = zip(*((ticket.pk, ticket.fence) for ticket in tickets), strict=True)
        values: dict[str, Any] = {"lease": lease, "ids": list(ids), "fences": list(fences)}
        with connections[self.db].cursor() as cursor:
            cursor.execute(_RENEW, values)

    def late(self) -> models.QuerySet[ModelT]:
        """Return tickets that wait for a worker for more than a minute after their time."""
        free = models.Q(lease_expires_at=None) | models.Q(lease_expires_at__lt=Now())
        return self.filter(free, run_at__lt=Now() - LATE)

    def count_up_to(self, limit: int, **lookups: Any) -> int:
        return self.filter(**lookups)[:limit].count()

    def _claim(self, values: dict[str, Any]) -> Any:
        with connections[self.db].cursor() as cursor:
            cursor.execute(_CLAIM, values)
            row = cursor.fetchone()
        return None if row is None else self.model.from_db(self.db, list(_NAMES), row)
