from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import CommandParser
from tqdm import tqdm

from apps.products.exports import write_export
from apps.products.management.base import CatalogueCommand
from apps.products.models import Product


class Command(CatalogueCommand):
    help = "Export the products of a shop as CSV, to a file or to the standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, nargs="?", help="by default the standard output")

    def run(self, options: dict[str, Any]) -> None:
        path: Path | None = options["file"]
        if path is None:
            self._write(sys.stdout.buffer)
            return
        part = path.with_name(f"{path.name}.part")
        try:
            with part.open("wb") as file:
                count = self._write(file)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        self.stdout.write(f"Wrote {count} products to {path}.")

    def _write(self, file: BinaryIO) -> int:
        with tqdm(total=Product.objects.count(), unit=" products", disable=None) as bar:
            return write_export(file, progress=bar.update)
