from __future__ import annotations

from typing import Any

from apps.shops.management.operator import OperatorCommand
from apps.tenants.grants import OWNER_ALIAS
from apps.tenants.models import Tenant


class Command(OperatorCommand):
    help = "List every shop: code, status, day of opening, name."

    def handle(self, *args: Any, **options: Any) -> None:
        for shop in Tenant.objects.using(OWNER_ALIAS).order_by("code").iterator():
            self.stdout.write(
                f"{shop.code:<24} {shop.status:<10} {shop.created_at:%Y-%m-%d}  {shop.name}"
            )
