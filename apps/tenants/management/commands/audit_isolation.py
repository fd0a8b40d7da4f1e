from __future__ import annotations

from dataclasses import astuple
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.tenants.isolation import TableReport, audit_role, audit_tables, find_hints


class Command(BaseCommand):
    help = "Show the isolation of every table; exit with 1 if there is a violation."

    def handle(self, *args: Any, **options: Any) -> None:
        reports = audit_tables()
        role_violations = audit_role()
        self.stdout.write(_as_table(reports))
        for hint in find_hints():
            self.stdout.write(self.style.WARNING(f"Hint: {hint}"))
        violations = role_violations + [each for report in reports for each in report.violations]
        if violations:
            raise CommandError("\n  ".join(["The isolation of shops is violated:", *violations]))
        self.stdout.write(self.style.SUCCESS(f"{len(reports)} tables, no violation."))


def _as_table(reports: list[TableReport]) -> str:
    header = ("table", "kind", "policy", "forced", "composite keys", "unique keys", "privileges")
    rows = [header, *(astuple(report)[:-1] for report in reports)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    lines = [
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)
