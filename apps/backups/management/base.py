from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg2
from django.core.management.base import CommandError, CommandParser
from django.db import Error

from apps.backups.exceptions import BackupError
from apps.shops.management.base import OwnerRoleCommand
from apps.tenants.validators import normalize_code


class ShopCommand(OwnerRoleCommand):
    """A command on the backup of one shop, which reports errors in one line."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the backup, such as acme.zip")
        parser.add_argument("--shop", metavar="CODE", help="the shop that the backup is of")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["shop"] is None:
            raise CommandError(
                "Pass --shop, or use pg_dump and pg_restore: see docs/operations.md."
            )
        try:
            self.run(normalize_code(options["shop"]), options["file"], options)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except SystemExit as error:
            # manage.py exits with 0 on SIGTERM, which suits a server only.
            raise CommandError("Interrupted by SIGTERM.", returncode=143) from error
        except (Error, psycopg2.Error) as error:
            # The following lines may contain values of a row.
            raise CommandError(f"PostgreSQL refused: {str(error).splitlines()[0]}") from error

    def run(self, code: str, path: Path, options: dict[str, Any]) -> None:
        raise NotImplementedError
