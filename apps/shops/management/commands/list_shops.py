from __future__ import annotations

from typing import Any

from apps.shops.management.base import OwnerRoleCommand
from apps.tenants.models import Tenant
from apps.tenants.privileges import OWNER_ALIAS


class Command(OwnerRoleCommand):
    help = "List all shops: code, status, date of creation, name."

    def handle(self, *args: Any, **options: Any) -> None:
        for shop in Tenant.objects.using(OWNER_ALIAS).order_by("code").iterator():
            self.stdout.write(
                f"{shop.code:<24} {shop.status:<10} {shop.created_at:%Y-%m-%d}  {shop.name}"
            )
