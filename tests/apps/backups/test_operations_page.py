"""The page for operators says what works."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.conf import settings

from tests.apps.tenants.processes import environment
from tests.isolation.scene import fingerprint
from tests.test_docs import blocks, section

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)


def test_backups_are_made_and_restored_as_it_is_written(acme, tmp_path, other_database):
    text = section((settings.ROOT_DIR / "docs/operations.md").read_text(), "Backup and restore")
    everything, one_shop = blocks(text, "sh")
    back_up, restore = everything.splitlines()
    before = fingerprint(acme)

    for script, variables in (
        (back_up, environment()),
        (restore, other_database),
        (one_shop, environment()),
    ):
        program = f'manage.py() {{ {sys.executable} {settings.ROOT_DIR}/manage.py "$@"; }}'
        done = subprocess.run(
            ["bash", "-c", f"set -euo pipefail\n{program}\n{script}"],
            cwd=tmp_path,
            env=variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")

    assert {path.name for path in tmp_path.iterdir()} == {"everything.zip", "acme.zip"}
    assert fingerprint(acme) == before
