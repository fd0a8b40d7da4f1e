from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import uuid_utils.compat
from django.db import connections, models, transaction
from django.db.models.functions import Now

from apps.limits.exceptions import Blocked
from apps.limits.rules import Rule
from apps.tenants.context import require_active_tenant
from apps.tenants.managers import TenantManager

# One statement counts and decides, so that of many tries at once no more than allowed pass.
# The ORM has no conditional upsert. Every moment is one of PostgreSQL's clock.
_HIT = """
INSERT INTO {table} AS c (id, {scope} rule, subject, hits, resets_at, blocked_until)
VALUES (
    %(id)s, {scope_value} %(rule)s, %(subject)s, 1, statement_timestamp() + %(window)s, NULL
)
ON CONFLICT ({scope} rule, subject) DO UPDATE SET
    hits = CASE WHEN c.resets_at <= statement_timestamp() THEN 1 ELSE c.hits + 1 END,
    resets_at = CASE
        WHEN %(is_fixed)s AND c.resets_at > statement_timestamp() THEN c.resets_at
        ELSE statement_timestamp() + %(window)s
    END,
    blocked_until = CASE
        WHEN c.resets_at <= statement_timestamp() OR c.hits + 1 < %(free)s THEN NULL
        WHEN %(is_fixed)s THEN c.resets_at
        ELSE statement_timestamp()
            + least(%(first_wait)s * power(2, least(c.hits + 1 - %(free)s, 20)), %(longest_wait)s)
    END
WHERE c.blocked_until IS NULL OR c.blocked_until <= statement_timestamp()
RETURNING hits
"""


class CounterManager(models.Manager[Any]):
    """Counting that is right across processes and is not undone by a roll-back of the request.

    Counting inside a transaction raises RuntimeError: what a refused request leaves behind has to
    stay.
    """

    #: SQL of the columns that a counter is unique by, besides rule and subject.
    scope = ""
    scope_value = ""

    def hit(self, rule: Rule, subject: str) -> None:
        """Count a try; raise Blocked, without counting, while the subject has to wait."""
        values = {
            "id": uuid_utils.compat.uuid7(),
            "rule": rule.name,
            "subject": _hashed(subject),
            "window": rule.window,
            "free": rule.free,
            "is_fixed": rule.is_fixed,
            "first_wait": rule.first_wait,
            "longest_wait": rule.longest_wait,
            **self.scope_values(),
        }
        statement = _HIT.format(
            table=self.model._meta.db_table, scope=self.scope, scope_value=self.scope_value
        )
        alone = transaction.atomic(self.db, savepoint=False, durable=True)
        with alone, connections[self.db].cursor() as cursor:
            cursor.execute(statement, values)
            is_counted = cursor.fetchone() is not None
        if not is_counted:
            raise Blocked(self._wait(rule, subject))

    def clear(self, rule: Rule, subject: str) -> None:
        """Forget all tries of a subject."""
        self.filter(rule=rule.name, subject=_hashed(subject)).delete()

    def take_back(self, rule: Rule, subject: str) -> None:
        """Refund one try, and the wait that began with it."""
        wait = models.Case(
            models.When(hits__gt=rule.free, then=models.F("blocked_until")), default=None
        )
        self.filter(rule=rule.name, subject=_hashed(subject), hits__gt=0).update(
            hits=models.F("hits") - 1, blocked_until=wait
        )

    def scope_values(self) -> dict[str, Any]:
        return {}

    def _wait(self, rule: Rule, subject: str) -> timedelta:
        counter = self.filter(rule=rule.name, subject=_hashed(subject))
        left = counter.values_list(models.F("blocked_until") - Now(), flat=True)
        return left.first() or timedelta(0)


class ShopCounterManager(CounterManager, TenantManager):  # type: ignore[misc]
    scope = "tenant_id,"
    scope_value = "%(tenant_id)s,"

    def scope_values(self) -> dict[str, Any]:
        return {"tenant_id": require_active_tenant().pk}


class NetworkCounterManager(CounterManager):
    """Counters that no shop owns."""


def _hashed(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()
