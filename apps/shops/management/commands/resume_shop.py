from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from apps.shops.management.base import OwnerRoleCommand
from apps.tenants.models import Tenant


class Command(OwnerRoleCommand):
    help = "Open a suspended shop again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the shop's code, such as acme")

    def handle(self, *args: Any, **options: Any) -> None:
        self.set_status(options["code"], Tenant.Status.OPEN)
