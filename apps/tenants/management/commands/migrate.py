from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connections

from apps.tenants.models import Tenant
from apps.tenants.privileges import LOCK, OWNER_ALIAS, set_timeouts


class Command(MigrateCommand):
    """Django's migrate command, run as the role that owns the schema."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER_ALIAS)
        parser.add_argument(
            "--canonical-urls",
            action="store_true",
            help="then set every canonical URL to this installation, as after a restore",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if OWNER_ALIAS not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: only the schema's owner can migrate.")
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            # Concurrent migrations run one after the other.
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            try:
                super().handle(*args, **options)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        if not options["plan"]:
            set_timeouts()
            if options["canonical_urls"]:
                for tenant in Tenant.objects.using(OWNER_ALIAS):
                    tenant.canonical_url = tenant.new_url
                    tenant.save(using=OWNER_ALIAS, update_fields=["canonical_url"])
