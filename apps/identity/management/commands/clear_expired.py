from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models.functions import Now
from django.utils import timezone

from apps.identity.models import MailedToken, Session
from apps.limits.models import NetworkCounter, ShopCounter
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant

#: For so long a session or a link that is over can still be looked into.
KEPT = timedelta(days=30)


class Command(BaseCommand):
    help = "Delete sessions and mailed links that are over for 30 days, and counts that are reset."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        deleted, _ = NetworkCounter.objects.filter(resets_at__lt=Now()).delete()
        for tenant in Tenant.objects.order_by("code"):
            with tenant_context(tenant):
                of_shop = sum(
                    rows.delete()[0]
                    for rows in (
                        ShopCounter.objects.filter(resets_at__lt=Now()),
                        MailedToken.objects.filter(expires_at__lt=now - KEPT),
                        Session.objects.filter(expires_at__lt=now - KEPT),
                        Session.objects.filter(ended_at__lt=now - KEPT),
                    )
                )
            self.stdout.write(f"{tenant.code}: {of_shop} rows")
            deleted += of_shop
        self.stdout.write(f"Deleted {deleted} rows.")
