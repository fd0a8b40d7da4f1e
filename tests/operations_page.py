"""The commands that docs/operations.md shows for backups, run as an operator does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from psycopg2.extensions import parse_dsn

from apps.embedded_postgres.programs import programs_folder
from tests.processes import DEADLINE
from tests.test_docs import ROOT, blocks, section


def backup_scripts() -> list[str]:
    """Return the blocks: everything backed up, everything restored, one shop's way and back."""
    page = (ROOT / "docs/operations.md").read_text()
    return blocks(section(page, "Backup and restore"), "sh")


def run_script(
    script: str, folder: Path, variables: Mapping[str, str], owner_url: str
) -> subprocess.CompletedProcess[str]:
    """Run a block in a folder, with PostgreSQL's programs in the PATH and told of the owner."""
    owner = parse_dsn(owner_url)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    program = f'manage.py() {{ {sys.executable} {ROOT}/manage.py "$@"; }}'
    return subprocess.run(
        ["bash", "-c", f"set -euo pipefail\n{program}\n{script}"],
        cwd=folder,
        env={
            **variables,
            **{names[name]: owner[name] for name in names if name in owner},
            "PGDATABASE": owner["dbname"],
            "PATH": f"{programs_folder()}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
