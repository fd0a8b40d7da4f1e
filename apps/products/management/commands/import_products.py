from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from apps.products.imports.running import abandon_import, run_import
from apps.products.imports.uploads import store_import
from apps.products.management.base import CatalogueCommand
from apps.products.models import ProductImport
from apps.users.models import User

#: The most messages that are printed.
MAX_MESSAGES = 50


class Command(CatalogueCommand):
    help = "Import a CSV file of Shopify or WooCommerce into a shop; see docs/csv.md."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="report, and write nothing")
        parser.add_argument("--user", metavar="EMAIL", help="who imports; by default an owner")

    def run(self, options: dict[str, Any]) -> None:
        user = self._user(options["user"])
        path: Path = options["file"]
        with path.open("rb") as file:
            queued = store_import(
                File(file), filename=path.name, user=user, dry_run=options["dry_run"]
            )
        try:
            with tqdm(unit=" rows", disable=None) as bar:
                done = run_import(queued.pk, progress=lambda row: _show(bar, row))
        finally:
            abandon_import(queued.pk)
        self._report(done)

    def _user(self, email: str | None) -> User:
        users = User.objects.filter(email=email) if email else User.objects.active_owners()
        user: User | None = users.order_by("pk").first()
        if user is None:
            raise CommandError(
                f"There is no user {email}." if email else "The shop has no active owner."
            )
        return user

    def _report(self, done: ProductImport) -> None:
        messages = done.messages.order_by("level", "line", "id")
        for message in messages[:MAX_MESSAGES]:
            place = ", ".join(filter(None, [f"line {message.line}", message.column_name]))
            self.stderr.write(f"{message.level}: {place}: {message.detail}")
        if (more := messages.count() - MAX_MESSAGES) > 0:
            self.stderr.write(f"... and {more} more.")
        would = "would be " if done.is_dry_run else ""
        self.stdout.write(
            f"{done.total} rows: {done.created} products {would}created, {done.updated} updated,"
            f" {done.unchanged} unchanged."
        )
        if done.status == ProductImport.Status.FAILED:
            raise CommandError("Nothing was imported.")
        if done.failed:
            raise CommandError(f"{done.failed} rows are refused.")


def _show(bar: Any, row: ProductImport) -> None:
    bar.total = row.total
    bar.update(row.done - bar.n)
