"""Counters for tests, in the active tenant."""

from __future__ import annotations

from itertools import count

from django.db.models.functions import Now

from apps.throttling.models import TenantCounter
from apps.throttling.rate_limits import LOGIN_BY_EMAIL

_numbers = count(1)


def make_counter() -> TenantCounter:
    TenantCounter.objects.record_attempt(LOGIN_BY_EMAIL, f"person-{next(_numbers)}@example.com")
    return TenantCounter.objects.latest("id")


def add_counter(subject: str) -> TenantCounter:
    """Insert a row, which may be inside a transaction."""
    return TenantCounter.objects.create(rule="test", subject=subject, attempts=1, resets_at=Now())
