from __future__ import annotations

import signal
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.jobs.worker import Worker, run_due_jobs
from apps.server.startup import prepare_process
from apps.tenants.exceptions import IsolationError

#: Seconds to finish the running jobs after SIGTERM, of the twenty within which the server stops.
GRACE_SECONDS: Final = 15.0


class Command(BaseCommand):
    help = "Run jobs until SIGTERM, as the application's role."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--threads", type=int, help="jobs at the same time, 3 by default")
        parser.add_argument("--once", action="store_true", help="run the due jobs only")

    def handle(self, *args: Any, threads: int | None, once: bool, **options: Any) -> None:
        try:
            prepare_process()
        except IsolationError as error:
            raise CommandError(str(error)) from error
        if once:
            self.stdout.write(f"Ran {run_due_jobs()} jobs.")
            return
        worker = Worker(threads)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        if not worker.run(GRACE_SECONDS):
            self.stderr.write("The worker ends with unfinished jobs, which will be repeated.")
