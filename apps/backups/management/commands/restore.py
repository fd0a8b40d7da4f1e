from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.backups.management.refusals import as_command_errors
from apps.backups.shop import restore_shop
from apps.backups.whole import restore_everything
from apps.shops.management.operator import OperatorCommand
from apps.tenants.validators import normalize_code


class Command(OperatorCommand):
    help = "Put a backup back: everything into an empty database, or one shop among the others."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="what backup has written")
        parser.add_argument("--shop", metavar="CODE", help="the shop whose backup it is")
        parser.add_argument(
            "--replace", action="store_true", help="delete the rows that the shop has now, first"
        )
        parser.add_argument(
            "--trust", action="store_true", help="take a file that another SECRET_KEY has signed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path, code, trusted = options["file"], options["shop"], options["trust"]
        if options["replace"] and code is None:
            raise CommandError("--replace is for one shop: everything needs an empty database.")
        say = self.stdout.write
        with as_command_errors():
            if code is None:
                restore_everything(path, say, trusted=trusted)
            else:
                code = normalize_code(code)
                restore_shop(code, path, say, replace=options["replace"], trusted=trusted)
        self.stdout.write(f"Restored {path}.")
