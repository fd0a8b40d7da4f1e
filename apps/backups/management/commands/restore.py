from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from apps.backups.management.base import ShopCommand
from apps.backups.tenant_backup import restore_shop


class Command(ShopCommand):
    help = "Restore one shop from its backup; other shops are not touched."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--replace", action="store_true", help="delete the present rows of the shop first"
        )
        parser.add_argument(
            "--trust", action="store_true", help="accept a file that this SECRET_KEY did not sign"
        )

    def run(self, code: str, path: Path, options: dict[str, Any]) -> None:
        replace, trusted = options["replace"], options["trust"]
        restore_shop(code, path, self.stdout.write, replace=replace, trusted=trusted)
        self.stdout.write(f"Restored {path}.")
