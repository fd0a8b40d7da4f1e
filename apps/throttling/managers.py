from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import uuid_utils.compat
from django.db import connections, models, transaction
from django.db.models.functions import Now

from apps.tenants.context import require_active_tenant
from apps.tenants.managers import TenantManager
from apps.throttling.exceptions import RateLimited
from apps.throttling.rate_limits import RateLimit

# One statement counts and decides, so that concurrent attempts cannot exceed the limit. Django has
# no conditional upsert. All times are PostgreSQL's.
_RECORD_ATTEMPT = """
INSERT INTO {table} AS c (id, {scope} rule, subject, attempts, resets_at, blocked_until)
VALUES (
    %(id)s, {scope_value} %(rule)s, %(subject)s, 1, statement_timestamp() + %(window)s, NULL
)
ON CONFLICT ({scope} rule, subject) DO UPDATE SET
    attempts = CASE WHEN c.resets_at <= statement_timestamp() THEN 1 ELSE c.attempts + 1 END,
    resets_at = CASE
        WHEN %(first_wait)s IS NULL AND c.resets_at > statement_timestamp() THEN c.resets_at
        ELSE statement_timestamp() + %(window)s
    END,
    blocked_until = CASE
        WHEN c.resets_at <= statement_timestamp() OR c.attempts + 1 < %(limit)s THEN NULL
        WHEN %(first_wait)s IS NULL THEN c.resets_at
        ELSE statement_timestamp() + least(
            %(first_wait)s::interval * power(2, least(c.attempts + 1 - %(limit)s, 20)),
            %(longest_wait)s
        )
    END
WHERE c.blocked_until IS NULL OR c.blocked_until <= statement_timestamp()
RETURNING attempts
"""


class CounterManager(models.Manager[Any]):
    """Counts attempts exactly across processes.

    Counting inside a transaction raises RuntimeError, because a rollback would undo it.
    """

    #: SQL of the columns in the unique key besides rule and subject.
    scope = ""
    scope_value = ""

    def record_attempt(self, limit: RateLimit, subject: str) -> None:
        """Count an attempt; raise RateLimited, without counting, while the subject is blocked."""
        first_wait, longest_wait = limit.backoff or (None, None)
        values = {
            "id": uuid_utils.compat.uuid7(),
            "rule": limit.name,
            "subject": _hashed(subject),
            "window": limit.window,
            "limit": limit.limit,
            "first_wait": first_wait,
            "longest_wait": longest_wait,
            **self.scope_values(),
        }
        statement = _RECORD_ATTEMPT.format(
            table=self.model._meta.db_table, scope=self.scope, scope_value=self.scope_value
        )
        durable = transaction.atomic(self.db, savepoint=False, durable=True)
        with durable, connections[self.db].cursor() as cursor:
            cursor.execute(statement, values)
            is_counted = cursor.fetchone() is not None
        if not is_counted:
            raise RateLimited(self._wait(limit, subject))

    def clear(self, limit: RateLimit, subject: str) -> None:
        """Delete all attempts of a subject."""
        self.filter(rule=limit.name, subject=_hashed(subject)).delete()

    def refund(self, limit: RateLimit, subject: str) -> None:
        """Refund one attempt, and end the wait that began with it."""
        wait = models.Case(
            models.When(attempts__gt=limit.limit, then=models.F("blocked_until")), default=None
        )
        self.filter(rule=limit.name, subject=_hashed(subject), attempts__gt=0).update(
            attempts=models.F("attempts") - 1, blocked_until=wait
        )

    def scope_values(self) -> dict[str, Any]:
        return {}

    def _wait(self, limit: RateLimit, subject: str) -> timedelta:
        counter = self.filter(rule=limit.name, subject=_hashed(subject))
        left = counter.values_list(models.F("blocked_until") - Now(), flat=True)
        return left.first() or timedelta(0)


class TenantCounterManager(CounterManager, TenantManager):  # type: ignore[misc]
    scope = "tenant_id,"
    scope_value = "%(tenant_id)s,"

    def scope_values(self) -> dict[str, Any]:
        return {"tenant_id": require_active_tenant().pk}


class PlatformCounterManager(CounterManager):
    """The manager of counters over all tenants."""


def _hashed(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()
