"""Faults of PostgreSQL: stopped, killed, frozen, out of connections."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psutil
import psycopg2

from apps.embedded_postgres.cluster import EmbeddedPostgres
from apps.embedded_postgres.programs import EmbeddedPostgresError
from apps.embedded_postgres.roles import APP_ROLE, SUPERUSER
from tests.processes import is_alive, postgres_process, until

#: Backends that serve clients, by what PostgreSQL calls itself in the list of processes.
APP_BACKEND = f": {APP_ROLE} "


@dataclass
class Cluster:
    postgres: EmbeddedPostgres

    def ask(self, statement: str, role: str = SUPERUSER) -> list[tuple]:
        with closing(psycopg2.connect(self.postgres.url(role), connect_timeout=2)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []

    def column(self, statement: str) -> set[str]:
        return {value for (value,) in self.ask(statement)}

    def terminate_backends(self) -> int:
        """End every connection of the application; return how many there were."""
        [(ended,)] = self.ask(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            f"WHERE usename = '{APP_ROLE}'"
        )
        return ended

    def stop(self) -> None:
        self.postgres.stop_server()

    def start(self) -> float:
        """Start it as its supervisor would; return when it accepted a connection."""
        until(self._is_started)
        return self.when_it_accepts()

    def kill(self) -> None:
        """`kill -9` for every process of it."""
        everything = self.processes
        for process in everything:
            process.kill()
        until(lambda: not any(is_alive(process) for process in everything))

    def kill_a_backend(self) -> None:
        """`kill -9` for one, upon which PostgreSQL ends them all and recovers."""
        backend = next(p for p in self.processes if APP_BACKEND in " ".join(_command(p)))
        backend.kill()
        until(lambda: not is_alive(backend))

    def when_it_accepts(self) -> float:
        """Wait for it to accept connections; return the moment."""
        until(self.accepts)
        return time.monotonic()

    def accepts(self) -> bool:
        try:
            self.ask("SELECT 1")
        except psycopg2.OperationalError:
            return False
        return True

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop every process in its tracks for the block."""
        everything = self.processes
        for process in everything:
            process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for process in everything:
                process.send_signal(signal.SIGCONT)

    @property
    def processes(self) -> list[psutil.Process]:
        postmaster = postgres_process(self.postgres.data_dir)
        return [postmaster, *postmaster.children(recursive=True)]

    def _is_started(self) -> bool:
        """Try to start; a killed process may not have been reaped yet."""
        try:
            self.postgres.start_server({})
        except EmbeddedPostgresError:
            return False
        return True


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []
