from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from apps.backups.management.refusals import as_command_errors
from apps.backups.shop import back_up_shop
from apps.backups.whole import back_up_everything
from apps.shops.management.operator import OperatorCommand
from apps.tenants.validators import normalize_code


class Command(OperatorCommand):
    help = "Write everything, or one shop, into a file that restore puts back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file to make, such as 2026-11-22.zip")
        parser.add_argument("--shop", metavar="CODE", help="this shop only")

    def handle(self, *args: Any, **options: Any) -> None:
        path, code = options["file"], options["shop"]
        with as_command_errors():
            if code is None:
                back_up_everything(path, self.stdout.write)
            else:
                back_up_shop(normalize_code(code), path, self.stdout.write)
        self.stdout.write(f"Wrote {path}, {path.stat().st_size / 2**20:.1f} MiB.")
