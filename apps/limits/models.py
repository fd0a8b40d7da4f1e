"""Counters of attempts, kept in PostgreSQL so that all processes share them."""

from __future__ import annotations

from typing import ClassVar

import uuid_utils.compat
from django.db import models

from apps.limits.managers import NetworkCounterManager, ShopCounterManager
from apps.tenants.models import TenantOwnedModel

_SHA256_HEX = 64


class Counter(models.Model):
    """The attempts under one rate limit, by what they were about (hashed)."""

    rule = models.CharField(max_length=32)
    subject = models.CharField(max_length=_SHA256_HEX)
    attempts = models.PositiveIntegerField()
    resets_at = models.DateTimeField()
    blocked_until = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.rule} {self.subject[:8]}"


class ShopCounter(Counter, TenantOwnedModel):
    """Attempts within one tenant."""

    objects: ClassVar[ShopCounterManager] = ShopCounterManager()

    class Meta(TenantOwnedModel.Meta):
        db_table = "shop_counters"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "rule", "subject"], name="limits_shopcounter_subject"
            ),
        ]


class NetworkCounter(Counter):
    """Attempts counted over all tenants. Holds no tenant's data, only a hash and a number."""

    id = models.UUIDField(primary_key=True, default=uuid_utils.compat.uuid7, editable=False)
    objects: ClassVar[NetworkCounterManager] = NetworkCounterManager()

    #: The application counts in this shared table; others it may only read.
    app_rights = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})

    class Meta:
        db_table = "network_counters"
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject"], name="limits_networkcounter_subject"
            )
        ]
