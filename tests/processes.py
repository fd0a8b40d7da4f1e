"""Real processes of the project, each with a data folder of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, ClassVar

import psutil

from apps.embedded_postgres.cluster import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[1]

#: What multitenant.settings reads; a test's process gets none of it from the outside.
VARIABLES = {
    "AUDIT_RETENTION_DAYS",
    "PORT",
    "BASE_DOMAIN",
    "DATA_DIR",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "SECRET_KEY",
    "JWT_KEYS",
    "WORKERS",
    "DEMO",
    "EMAIL_URL",
    "MAIL_FROM",
    "MAX_PRODUCTS",
    "MAX_PRODUCT_BYTES",
    "RATE_SHOP",
    "RATE_USER",
    "RATE_ADDRESS",
    "RATE_SIGNUP",
    "REFRESH_GRACE",
    "TRUSTED_PROXIES",
    "DEBUG",
    "DJANGO_SETTINGS_MODULE",
}
DEADLINE = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(**variables: Any) -> dict[str, str]:
    outer = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return outer | {name: str(value) for name, value in variables.items()}


def manage(*arguments: str, **variables: Any) -> subprocess.CompletedProcess[str]:
    """Run one management command to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


@dataclass
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """`manage.py serve` in a session of its own, as a terminal starts it."""

    data_dir: Path
    variables: dict[str, Any] = field(default_factory=dict)

    #: What the interpreter is given, and what the server says once it is up.
    command: ClassVar[tuple[str, ...]] = ("manage.py", "serve")
    announces: ClassVar[str] = "serves at"

    def __post_init__(self) -> None:
        self.port = self.variables.get("PORT") or free_port()

    def start(self) -> Server:
        self.launch()
        until(self.is_up)
        return self

    def launch(self) -> Server:
        """Start it, and wait for nothing."""
        self.log = self.data_dir / f"serve-{time.monotonic_ns()}.log"
        with self.log.open("w") as log:
            self.process = psutil.Popen(
                [sys.executable, *self.command],
                cwd=ROOT,
                env=environment(**{**self.variables, "PORT": self.port, "DATA_DIR": self.data_dir}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def get(self, host: str, path: str, **headers: str) -> Answer:
        return self.request("GET", host, path, headers=headers)

    def request(
        self,
        method: str,
        host: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask the server on the loopback, by whatever name `host` is."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(
                method,
                path,
                body=None if body is None else json.dumps(body),
                headers={
                    "Host": f"{host}:{self.port}",
                    "Content-Type": "application/json",
                    "Connection": "close",
                    **(headers or {}),
                },
            )
            response = connection.getresponse()
            return Answer(response.status, response.read(), response.headers)
        finally:
            connection.close()

    def log_in(self, host: str, email: str, password: str) -> dict[str, str]:
        """Return the header of a logged-in user."""
        answer = self.request(
            "POST", host, "/api/auth/login/", {"email": email, "password": password}
        )
        assert answer.status == 200, answer.body
        return {"Authorization": f"Bearer {answer.json()['access']}"}

    @property
    def output(self) -> str:
        return self.log.read_text()

    @property
    def demo_log_ins(self) -> dict[str, tuple[str, str]]:
        """E-mail and password of each demo shop's owner, by the shop's host, as printed."""
        lines = re.findall(r"http://([\w.]+):\d+/  (\S+@\S+)  (\S+)", self.output)
        return {host: (email, password) for host, email, password in lines}

    @property
    def workers(self) -> list[psutil.Process]:
        """The processes that answer requests."""
        return [child for child in self.process.children() if _is_worker(child)]

    def press_ctrl_c(self) -> int:
        """Interrupt all that runs in the foreground, as a terminal does; return the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(DEADLINE)

    def terminate(self) -> int:
        """Ask the main process to end, as a supervisor does; return the exit code."""
        self.process.terminate()
        return self.process.wait(DEADLINE)

    def kill(self) -> None:
        """End the main process as a lack of memory does, without a word to the others."""
        self.process.kill()
        self.process.wait(DEADLINE)

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.output
        try:
            return self.get("localhost", "/readyz").status == 200 and self.announces in self.output
        except OSError:
            return False


class AsgiServer(Server):
    """The ASGI application, served by granian in one process; it migrates nothing."""

    command = ("-m", "granian", "multitenant.asgi:application")
    announces = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.variables = {
            **self.variables,
            "GRANIAN_INTERFACE": "asginl",
            "GRANIAN_PORT": self.port,
        }


@contextmanager
def serving(data_dir: Path, **variables: Any) -> Iterator[Server]:
    """Serve for the block, and end cleanly whatever the block left."""
    with started(Server(data_dir, variables=variables)) as server:
        yield server


@contextmanager
def started(server: Server) -> Iterator[Server]:
    """Run a server for the block, and end it cleanly whatever the block left."""
    try:
        yield server.start()
    finally:
        if server.process.poll() is None:
            server.terminate()


@contextmanager
def new_folder() -> Iterator[Path]:
    """A folder outside pytest's own, which pytest makes private again whenever it starts."""
    folder = Path(tempfile.mkdtemp(prefix="galleria-test-"))
    folder.chmod(0o711)
    yield folder
    if (folder / "postgres" / "postmaster.pid").exists():
        # A failed test left it running; it is nobody else's.
        with EmbeddedPostgres(folder).running():
            pass
    shutil.rmtree(folder)


def until(condition: Any) -> None:
    """Wait for a condition, in small steps."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "--multiprocessing-fork" in process.cmdline()
    except psutil.Error:
        return False  # it has just ended


def is_alive(process: psutil.Process) -> bool:
    """Tell whether a process still runs; one that ended may wait for its parent to notice."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def postgres_process(data_dir: Path) -> psutil.Process:
    """Return the main process of the PostgreSQL in a data folder."""
    first_line = (data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0]
    return psutil.Process(int(first_line))
