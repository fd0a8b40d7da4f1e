"""What the operator's commands have in common: they run as the schema's owner."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from apps.tenants.models import Tenant
from apps.tenants.privileges import OWNER_ALIAS
from apps.tenants.validators import normalize_code


class OwnerRoleCommand(BaseCommand):
    """A command for whoever holds DATABASE_OWNER_URL."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        if OWNER_ALIAS not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: this is for the schema's owner.")
        return super().execute(*args, **options)

    def set_status(self, code: str, status: Tenant.Status) -> None:
        """Give the shop with this code a status; a trigger tells every process at once."""
        tenants = Tenant.objects.using(OWNER_ALIAS).filter(code=normalize_code(code))
        if tenants.filter(status=Tenant.Status.CLOSED).exists():
            raise CommandError(f"The shop {code} is closed for good.")
        if not tenants.update(status=status):
            raise CommandError(f"There is no shop with the code {code}.")
        self.stdout.write(f"The shop {code} is {status.value} now.")
