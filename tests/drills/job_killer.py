"""A process that forks workers of the job queue, so that each is ready within milliseconds.

Its arguments are the number of kills and the seconds after which a worker is killed at most.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from datetime import timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402 -- after the set-up
from django.db import connections  # noqa: E402 -- after the set-up

from apps.jobs.worker import run_due_jobs  # noqa: E402 -- after the set-up
from apps.products.imports import batches  # noqa: E402 -- after the set-up
from tests.apps.jobs import tasks  # noqa: E402, F401 -- imported before the fork


def main(kills: int, longest: float) -> None:
    settings.JOB_LEASE = timedelta(seconds=0.3)
    batches.MAX_PRODUCTS = 5  # many transactions in the life of a worker
    for _ in range(kills):
        connections.close_all()
        worker = os.fork()
        if worker == 0:
            while True:
                run_due_jobs()
                time.sleep(0.005)
        time.sleep(random.uniform(0.005, longest))
        os.kill(worker, signal.SIGKILL)
        _, status = os.waitpid(worker, 0)
        if os.WTERMSIG(status) != signal.SIGKILL:
            sys.exit(f"The worker ended by itself with {status}.")


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
