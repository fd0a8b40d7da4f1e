"""Opening a shop, and adding a column for all shops: rows and one table, or a schema for each."""

from __future__ import annotations

import json
import time
from argparse import Namespace
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench import database
from bench.figures import Figures
from bench.parts.lineup import galleria, prepared
from bench.rounds import say
from bench.tenants import DjangoTenants

OURS = 50
SCHEMAS = 5


@dataclass
class NewSchemas(DjangoTenants):
    """django-tenants without shops."""

    def _fill(self) -> None:
        self.manage("migrate_schemas", "--shared")

    def run(self, call: str) -> Any:
        """Return what a function of `opening` prints, as JSON."""
        script = f"import opening; opening.{call}"
        return json.loads(self.output("django", "shell", "--verbosity=0", "-c", script))


def measure_openings(options: Namespace, figures: Figures) -> None:
    ours = galleria(options, copy="_opened")
    schemas = NewSchemas("schemas", "django-tenants, opened", 0, 0, copy="_opened")
    prepared([ours, schemas])
    say("opening shops")
    opened = json.loads(ours.output("bench.openings", str(OURS)))
    script = "import opening; opening.measure_{}"
    created = json.loads(
        schemas.output(
            "django", "shell", "--verbosity=0", "-c", script.format(f"openings({SCHEMAS})")
        )
    )
    say("adding a column")
    migrated = json.loads(
        schemas.output("django", "shell", "--verbosity=0", "-c", script.format("column()"))
    )
    started = time.perf_counter()
    with database.connected(ours.database) as cursor:
        cursor.execute("ALTER TABLE products ADD COLUMN note text")
    altered = time.perf_counter() - started
    figures.tables["openings"] = {
        "ours": median(opened),
        "tenants": median(created),
        "column_ours": altered,
        "column_tenants": migrated,
        "shops": options.shops,
        "schemas": SCHEMAS,
    }
