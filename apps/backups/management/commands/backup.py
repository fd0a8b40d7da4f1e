from __future__ import annotations

from pathlib import Path
from typing import Any

from apps.backups.management.base import ShopCommand
from apps.backups.tenant_backup import back_up_shop


class Command(ShopCommand):
    help = "Back up one shop into a file for the command restore."

    def run(self, code: str, path: Path, options: dict[str, Any]) -> None:
        back_up_shop(code, path, self.stdout.write)
        self.stdout.write(f"Wrote {path}, {path.stat().st_size / 2**20:.1f} MiB.")
