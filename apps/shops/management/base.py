from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from apps.tenants.models import Tenant
from apps.tenants.privileges import OWNER_ALIAS
from apps.tenants.validators import normalize_code


class OwnerRoleCommand(BaseCommand):
    """A command that runs as the owner of the database schema."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        if OWNER_ALIAS not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: this command needs the schema's owner.")
        return super().execute(*args, **options)


class StatusCommand(OwnerRoleCommand):
    """Set the status of a shop; a trigger notifies every process."""

    status: Tenant.Status

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the code of the shop, such as acme")

    def handle(self, *args: Any, code: str, **options: Any) -> None:
        tenants = Tenant.objects.using(OWNER_ALIAS).filter(code=normalize_code(code))
        if tenants.filter(status=Tenant.Status.CLOSED).exists():
            raise CommandError(f"The shop {code} is closed for good.")
        if not tenants.update(status=self.status):
            raise CommandError(f"There is no shop with the code {code}.")
        self.stdout.write(f"The shop {code} is {self.status.value} now.")
