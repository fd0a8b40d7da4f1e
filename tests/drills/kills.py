"""Workers of the job queue that are killed at random moments."""

from __future__ import annotations

import subprocess
import sys
import time

from apps.jobs.models import JobTicket
from tests.processes import ROOT, environment, variables_of_test_database


def kill_workers(kills: int, longest_life: float) -> None:
    """Kill workers one after the other, each after at most `longest_life` seconds."""
    variables = {**variables_of_test_database(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run(
        [sys.executable, "-m", "tests.drills.job_killer", str(kills), str(longest_life)],
        cwd=ROOT,
        env=environment(**variables),
        check=True,
        timeout=900,
    )
    assert JobTicket.objects.exists(), "The workers were killed with nothing to do."
    time.sleep(0.5)  # until the last lease has expired
