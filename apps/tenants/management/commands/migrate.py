from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connections

from apps.tenants.grants import LOCK, OWNER_ALIAS, limit_waits


class Command(MigrateCommand):
    """Django's migrate, run as the role that owns the schema."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER_ALIAS)

    def handle(self, *args: Any, **options: Any) -> None:
        if OWNER_ALIAS not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: only the schema's owner can migrate.")
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            # Two that start at once take turns.
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            try:
                super().handle(*args, **options)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        if not options["plan"]:
            limit_waits()
