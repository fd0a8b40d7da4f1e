from __future__ import annotations

import os
import signal
import socket
import threading
import time
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from typing import Any, cast

from django.conf import settings
from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from apps.server.connection_limits import clients_per_worker
from apps.server.job_workers import JobWorkers
from apps.server.loopback import ADDRESS, forward_from_ipv6
from apps.server.process_signals import keep_interrupts_from_workers
from apps.server.spawning import spawn_command
from apps.tenants.privileges import OWNER_ALIAS

#: Seconds for workers of jobs that end after the others.
JOB_SECONDS = 3


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
        _remove_owner_credentials()
        keep_interrupts_from_workers()
        clients_per_worker()  # as the forwarder has connections, too
        try:
            forward_from_ipv6(settings.PORT)  # after SIGINT is blocked, as it starts a thread
        except OSError as error:
            raise CommandError(_taken(f"[::1]:{settings.PORT}")) from error
        self._serve()

    def _serve(self) -> None:
        """Run the workers of requests and of jobs until a SIGTERM, or until the server fails."""
        server = spawn_command("serve_http")
        job_workers = JobWorkers(settings.JOB_WORKERS)
        is_stopping = False

        def stop(*signal_and_frame: object) -> None:
            nonlocal is_stopping
            is_stopping = True
            job_workers.terminate()
            if server.pid:
                server.terminate()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # by the server, too, while it starts
        server.start()
        try:
            if is_stopping:  # between the two
                server.terminate()
            pid = cast("int", server.pid)
            signal.signal(signal.SIGHUP, lambda *_: os.kill(pid, signal.SIGHUP))
            job_workers.start()
            threading.Thread(target=self._announce_when_ready, daemon=True).start()
            server.join()
        finally:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            server.terminate()
            job_workers.stop(JOB_SECONDS)
        if not is_stopping:
            raise CommandError(f"The HTTP server has ended with {server.exitcode}.")

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


def _require_free_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, settings.PORT))
        except OSError as error:
            raise CommandError(_taken(settings.PORT)) from error


def _taken(port: object) -> str:
    return f"Port {port} is taken; set PORT to another."


def _remove_owner_credentials() -> None:
    """Keep only the application's role in the environment that workers inherit."""
    if settings.EMBEDDED_POSTGRES:
        os.environ["DATABASE_URL"] = settings.EMBEDDED_POSTGRES.url()
    os.environ.pop("DATABASE_OWNER_URL", None)
