"""Processes of the project: management commands and servers, each with its data folder."""

from __future__ import annotations

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
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

import psutil
from django.conf import settings
from django.db import connections

from apps.embedded_postgres.cluster import EmbeddedPostgres
from tests.load.clients import Client
from tests.load.requests import Request, Response

ROOT = Path(__file__).resolve().parents[1]

#: The variables that multitenant.settings reads; the processes of tests inherit none of them.
VARIABLES = {
    *("AUDIT_RETENTION_DAYS", "PORT", "BASE_DOMAIN", "DATA_DIR", "DATABASE_URL"),
    *("DATABASE_OWNER_URL", "SECRET_KEY", "JWT_KEYS", "WORKERS", "DEMO", "EMAIL_URL"),
    *("JOB_WORKERS", "STORAGE_URL", "FETCH_IMAGES"),
    *("MAIL_FROM", "MAX_PRODUCTS", "MAX_PRODUCT_BYTES", "RATE_SHOP", "RATE_USER", "RATE_ADDRESS"),
    *("RATE_SIGNUP", "REFRESH_GRACE", "TRUSTED_PROXIES", "DEBUG", "DJANGO_SETTINGS_MODULE"),
}
#: Seconds. Most waits take milliseconds, but jobs that draw yield to all other processes.
DEADLINE = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(**variables: Any) -> dict[str, str]:
    """Return the environment of a process that has these of the project's variables.

    A server starts no worker of jobs unless a test asks for it with JOB_WORKERS.
    """
    outer = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return outer | {"JOB_WORKERS": "0"} | {name: str(value) for name, value in variables.items()}


def variables_of_test_database(role: str = "default") -> dict[str, Any]:
    """Return the variables with which a process uses the test database, as an alias's role."""
    return {
        "BASE_DOMAIN": settings.BASE_DOMAIN,
        "DATA_DIR": settings.DATA_DIR,
        "DATABASE_URL": _database_url(role),
        "DATABASE_OWNER_URL": _database_url("owner"),
    }


def _database_url(alias: str) -> str:
    config = connections[alias].settings_dict
    host = config["HOST"] or config["OPTIONS"].get("host", "")
    place = quote(config["HOST"]) + (f":{config['PORT']}" if config["PORT"] else "")
    query = "" if config["HOST"] else "?" + urlencode({"host": host}, safe="/")
    user = f"{quote(config['USER'])}:{quote(config['PASSWORD'], safe='')}"
    return f"postgres://{user}@{place}/{config['NAME']}{query}"


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
class Server:
    """`manage.py serve` in a new session, as a terminal starts it."""

    data_dir: Path
    variables: dict[str, Any] = field(default_factory=dict)

    #: The arguments of the interpreter, and the text that the server prints once it is up.
    command: ClassVar[tuple[str, ...]] = ("manage.py", "serve")
    announces: ClassVar[str] = "serves at"
    #: WORKERS where a test does not set it. Drills and proofs run two, the default of `serve`.
    worker_count: ClassVar[int] = 1

    def __post_init__(self) -> None:
        self.port = self.variables.get("PORT") or free_port()

    def start(self) -> Server:
        self.launch()
        until(self.is_up)
        return self

    def launch(self) -> Server:
        """Start it without waiting until it is up."""
        places = {"PORT": self.port, "DATA_DIR": self.data_dir}
        self.log = self.data_dir / f"serve-{time.monotonic_ns()}.log"
        with self.log.open("w") as log:
            self.process = psutil.Popen(
                [sys.executable, *self.command],
                cwd=ROOT,
                env=environment(**{"WORKERS": self.worker_count, **self.variables, **places}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def get(self, host: str, path: str, **headers: str) -> Response:
        return self.request("GET", host, path, headers=headers)

    def request(
        self,
        method: str,
        host: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a request for any host to the server at the loopback address."""
        client = Client(self.port, keeps_alive=False, timeout=10)
        return client.send(Request(host, path, method, body, headers or {}))

    def log_in(self, host: str, email: str, password: str) -> dict[str, str]:
        """Return the header of a logged-in user."""
        credentials = {"email": email, "password": password}
        response = self.request("POST", host, "/api/auth/login/", credentials)
        assert response.status == 200, response.body
        return {"Authorization": f"Bearer {response.json()['access']}"}

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
        """The processes that answer requests, forked from a child of the main process."""
        spawned = filter(_is_spawned, self.process.children())
        return [each for child in spawned for each in children_of(child) if _is_spawned(each)]

    def press_ctrl_c(self) -> int:
        """Interrupt the foreground processes, as a terminal does; return the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(DEADLINE)

    def terminate(self) -> int:
        """Ask the main process to end, as a supervisor does; return the exit code."""
        self.process.terminate()
        return self.process.wait(DEADLINE)

    def kill(self) -> None:
        """Kill the main process only, as the kernel does when memory runs out."""
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
    """Run `manage.py serve` for the block."""
    with started(Server(data_dir, variables=variables)) as server:
        yield server


@contextmanager
def started(server: Server) -> Iterator[Server]:
    """Run a server for the block, and end it if the block has not."""
    try:
        yield server.start()
    finally:
        if server.process.poll() is None:
            server.terminate()


@contextmanager
def new_folder() -> Iterator[Path]:
    """A folder outside of pytest's, which pytest makes private again at each start."""
    folder = Path(tempfile.mkdtemp(prefix="galleria-test-"))
    folder.chmod(0o711)
    yield folder
    if (folder / "postgres" / "postmaster.pid").exists():  # left by a failed test
        with EmbeddedPostgres(folder).running():
            pass
    shutil.rmtree(folder)


def until(condition: Any) -> None:
    """Poll a condition until it holds."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)


def children_of(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children()
    except psutil.Error:
        return []  # it has just ended


def _is_spawned(process: psutil.Process) -> bool:
    try:
        return "--multiprocessing-fork" in process.cmdline()
    except psutil.Error:
        return False  # it has just ended


def is_alive(process: psutil.Process) -> bool:
    """Return whether a process runs; a zombie does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def postgres_process(data_dir: Path) -> psutil.Process:
    """Return the main process of the PostgreSQL in a data folder."""
    first_line = (data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0]
    return psutil.Process(int(first_line))
