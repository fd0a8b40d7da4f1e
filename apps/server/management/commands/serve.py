from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from threading import Thread
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from apps.server.connection_limits import clients_per_worker
from apps.server.job_workers import JobWorkers
from apps.server.loopback import ADDRESS, forward_from_ipv6
from apps.server.process_signals import keep_interrupts_from_workers
from apps.tenants.privileges import OWNER_ALIAS

#: Seconds for workers to finish their requests, of the twenty within which the server stops.
DRAIN_SECONDS = 15
#: Seconds for workers of jobs that end after the others.
JOB_SECONDS = 3
HEAD_BYTES = 16 * 1024  # a request line and its headers, together


class Command(BaseCommand):
    help = "Migrate the database if DATABASE_OWNER_URL is set, create the demo shops, and serve."

    def handle(self, *args: Any, **options: Any) -> None:
        _require_free_port()
        try:
            if OWNER_ALIAS in connections:
                call_command("migrate", verbosity=0)
                if settings.DEMO:
                    call_command("create_demo_shops", stdout=self.stdout)
            self.check(tags=[Tags.database], databases=[DEFAULT_DB_ALIAS])
        except DatabaseError as error:
            raise CommandError(f"The database cannot be used: {error}") from error
        finally:
            connections.close_all()
        server = _server()
        server.on_startup(Thread(target=self._announce_when_ready, daemon=True).start)
        # Granian warns of more threads than processors; ours mostly wait (apps/load_shedding).
        logging.getLogger("_granian").addFilter(
            lambda record: "Python threads" not in record.getMessage()
        )
        _remove_owner_credentials()
        keep_interrupts_from_workers()
        try:
            forward_from_ipv6(settings.PORT)  # after SIGINT is blocked, as it starts a thread
        except OSError as error:
            raise CommandError(_taken(f"[::1]:{settings.PORT}")) from error
        job_workers = JobWorkers(settings.JOB_WORKERS)
        job_workers.start()
        server.on_startup(lambda: _also_on_sigterm(job_workers.terminate))
        try:
            server.serve()
        finally:
            job_workers.stop(JOB_SECONDS)

    def _announce_when_ready(self) -> None:
        """Print the addresses once a worker answers: what is pasted from the README works then."""
        while True:
            worker = HTTPConnection(ADDRESS, settings.PORT, timeout=5)
            with closing(worker), suppress(OSError, HTTPException):
                worker.request("GET", "/livez", headers={"Host": settings.BASE_DOMAIN})
                worker.getresponse()
                break
            time.sleep(0.1)
        site = f"{settings.SITE_SCHEME}://{settings.BASE_DOMAIN}{settings.SITE_PORT}"
        self.stdout.write(
            f"\nGalleria serves at {site}/\n"
            f"  Open a shop   {site}/\n"
            f"  API           {site}/api/docs/\n"
            f"  Stop          Ctrl-C\n"
        )
        self.stdout.flush()


def _also_on_sigterm(function: Callable[[], None]) -> None:
    """Call `function` before the present handler of SIGTERM, which granian has installed."""
    present: Any = signal.getsignal(signal.SIGTERM)

    def handle(number: int, frame: Any) -> None:
        function()
        present(number, frame)

    signal.signal(signal.SIGTERM, handle)


def _require_free_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, settings.PORT))
        except OSError as error:
            raise CommandError(_taken(settings.PORT)) from error


def _taken(port: object) -> str:
    return f"Port {port} is taken; set PORT to another."


def _server() -> Any:
    # Spawned, not forked: a worker inherits the environment but no memory.
    multiprocessing.set_start_method("spawn", force=True)
    clients = clients_per_worker()
    return Granian(
        "multitenant.wsgi:application",
        address=ADDRESS,
        port=settings.PORT,
        interface=Interfaces.WSGI,
        workers=settings.WORKERS,
        blocking_threads=settings.THREADS,
        # The limit of a worker; the kernel may queue more.
        backlog=clients,
        backpressure=clients,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=10_000, max_buffer_size=HEAD_BYTES),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=DRAIN_SECONDS,
        log_level=LogLevels.warning,
    )


def _remove_owner_credentials() -> None:
    """Keep only the application's role in the environment that workers inherit."""
    if settings.EMBEDDED_POSTGRES:
        os.environ["DATABASE_URL"] = settings.EMBEDDED_POSTGRES.url()
    os.environ.pop("DATABASE_OWNER_URL", None)
