from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.tenants.audit import TableReport, audit_role, audit_tables, find_hints


class Command(BaseCommand):
    help = "Show the walls around every table, and exit with 1 if one has a gap."

    def handle(self, *args: Any, **options: Any) -> None:
        reports = audit_tables()
        role_gaps = audit_role()
        self.stdout.write(_as_table(reports))
        for hint in find_hints():
            self.stdout.write(self.style.WARNING(f"Hint: {hint}"))
        gaps = role_gaps + [gap for report in reports for gap in report.gaps]
        if gaps:
            raise CommandError("The walls have gaps:\n" + "\n".join(f"  {gap}" for gap in gaps))
        self.stdout.write(self.style.SUCCESS(f"{len(reports)} tables, no gap."))


def _as_table(reports: list[TableReport]) -> str:
    header = ("table", "kind", "policy", "forced", "composite keys", "unique keys", "role's rights")
    rows = [header] + [
        (
            report.table,
            report.kind,
            report.policy,
            report.forced,
            report.references,
            report.unique_keys,
            report.rights,
        )
        for report in reports
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    lines = [
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)
