from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections
from django.db.models.functions import Now

from apps.audit.models import AuditEvent
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.tenants.privileges import OWNER_ALIAS
from apps.throttling.models import PlatformCounter, TenantCounter
from apps.users.models import EmailToken, LoginSession

#: Of sessions and tokens, after they have ended or expired.
RETENTION = timedelta(days=30)


class Command(BaseCommand):
    help = (
        "Delete sessions and mailed links 30 days after their end, expired counters, and audit "
        "events older than AUDIT_RETENTION_DAYS, for which DATABASE_OWNER_URL must be set."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = Now()
        deleted, _ = PlatformCounter.objects.filter(resets_at__lt=now).delete()
        for tenant in Tenant.objects.order_by("code"):
            with tenant_context(tenant):
                rows_of_shop = sum(
                    rows.delete()[0]
                    for rows in (
                        TenantCounter.objects.filter(resets_at__lt=Now()),
                        EmailToken.objects.filter(expires_at__lt=now - RETENTION),
                        LoginSession.objects.filter(expires_at__lt=now - RETENTION),
                        LoginSession.objects.filter(ended_at__lt=now - RETENTION),
                        *self._old_events(),
                    )
                )
            self.stdout.write(f"{tenant.code}: {rows_of_shop} rows")
            deleted += rows_of_shop
        self.stdout.write(f"Deleted {deleted} rows.")

    def _old_events(self) -> list[Any]:
        # The application's role may not delete them.
        if OWNER_ALIAS not in connections:
            return []
        events = AuditEvent.objects.using(OWNER_ALIAS)
        return [events.filter(created_at__lt=Now() - settings.AUDIT_RETENTION)]
