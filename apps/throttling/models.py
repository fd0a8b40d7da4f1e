from __future__ import annotations

from typing import ClassVar

import uuid_utils.compat
from django.db import models

from apps.tenants.models import TenantOwnedModel
from apps.throttling.managers import PlatformCounterManager, TenantCounterManager

_SHA256_HEX = 64


class Counter(models.Model):
    """The attempts of one subject (hashed) under one rate limit, shared by all processes."""

    rule = models.CharField(max_length=32)
    subject = models.CharField(max_length=_SHA256_HEX)
    attempts = models.PositiveIntegerField()
    resets_at = models.DateTimeField()
    blocked_until = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.rule} {self.subject[:8]}"


class TenantCounter(Counter, TenantOwnedModel):
    """Attempts within one tenant."""

    objects: ClassVar[TenantCounterManager] = TenantCounterManager()

    class Meta(TenantOwnedModel.Meta):
        db_table = "tenant_counters"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "rule", "subject"], name="throttling_tenantcounter_subject"
            ),
        ]


class PlatformCounter(Counter):
    """Attempts over all tenants. Contains no tenant's data, only a hash and a number."""

    id = models.UUIDField(primary_key=True, default=uuid_utils.compat.uuid7, editable=False)
    objects: ClassVar[PlatformCounterManager] = PlatformCounterManager()

    #: The application writes this shared table; others are read-only.
    granted_privileges = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})

    class Meta:
        db_table = "platform_counters"
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject"], name="throttling_platformcounter_subject"
            )
        ]
