from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from apps.backups.management.base import ShopCommand
from apps.backups.tenant_backup import restore_shop


class Command(ShopCommand):
    help = "Put one shop's backup back, among the other shops."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--replace", action="store_true", help="delete the rows that the shop has now, first"
        )
        parser.add_argument(
            "--trust", action="store_true", help="take a file that another SECRET_KEY has signed"
        )

    def run(self, code: str, path: Path, options: dict[str, Any]) -> None:
        replace, trusted = options["replace"], options["trust"]
        restore_shop(code, path, self.stdout.write, replace=replace, trusted=trusted)
        self.stdout.write(f"Restored {path}.")
