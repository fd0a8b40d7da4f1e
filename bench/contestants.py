"""The contestants: this project and its peers, each with a database, a server and its shops."""

from __future__ import annotations

import os
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password

from apps.embedded_postgres.roles import APP_ROLE, OWNER_ROLE
from apps.server.local_secrets import generated_secret
from bench import database, shops
from bench.data import ours, peers
from bench.environments import PEERS, path_of, python_of
from bench.load.wrk import Target
from bench.servers import Server, free_port
from bench.shops import Shop

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "glaze-over-stoneware"
LIST = "/api/products/"
WORKERS, THREADS = 2, 4


def inherited() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def last_line(
    command: Sequence[str | Path], environment: dict[str, str], folder: Path, text: str = ""
) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        input=text,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[-1]


def gunicorn(application: str, port: int) -> list[str]:
    return [
        *("gunicorn", application, f"--bind=127.0.0.1:{port}", f"--workers={WORKERS}"),
        *("--worker-class=gthread", f"--threads={THREADS}"),
    ]


def granian(application: str, port: int) -> list[str]:
    """Return the command with the options of this project's `serve`."""
    return [
        *("granian", application, "--interface=wsgi", f"--port={port}", f"--workers={WORKERS}"),
        *(f"--blocking-threads={settings.THREADS}", f"--backlog={settings.CLIENTS}"),
        *(f"--backpressure={settings.CLIENTS}", "--http=1", "--no-ws", "--log-level=warning"),
    ]


@dataclass
class Contestant(ABC):
    """A contestant with this many shops and products of each."""

    name: str
    title: str
    shop_count: int
    product_count: int
    #: The end of the name of a copy of the database, which is made anew, such as `_written`.
    copy: str = ""
    port: int = field(default_factory=free_port)

    owner: ClassVar[str]

    @property
    @abstractmethod
    def original(self) -> str:
        """The name of the database that `prepare` fills."""

    @property
    def database(self) -> str:
        return self.original + self.copy

    def prepare(self) -> None:
        """Create and fill the database unless it exists, and copy it."""
        self._ensure()
        if self.copy:
            database.create(self.database, self.owner, self.original)

    @abstractmethod
    def _ensure(self) -> None: ...

    @abstractmethod
    def server(self) -> Server: ...

    @cached_property
    @abstractmethod
    def shops(self) -> list[Shop]: ...

    @abstractmethod
    def token(self, shop: Shop) -> str: ...

    def host(self, shop: Shop) -> str:
        return f"{shop.code}.localhost:{self.port}"

    def target(self, shop: Shop, path: str = LIST, *, token: bool = True) -> Target:
        return Target(self.host(shop), path, self.token(shop) if token else "")

    @cached_property
    def lists(self) -> list[Target]:
        """An authenticated request for the products of each shop."""
        return [self.target(shop) for shop in self.shops]

    def log(self) -> Path:
        return Path(settings.DATA_DIR) / f"{self.name}.log"


@dataclass
class Ours(Contestant):
    """This project, with perhaps other settings and a copy of the database."""

    settings_module: str = "multitenant.settings"
    with_words: bool = True

    owner = OWNER_ROLE

    @property
    def original(self) -> str:
        return f"ours_{self.shop_count}_{self.product_count}" + "_words" * self.with_words

    def _ensure(self) -> None:
        statements = ours.statements(with_words=self.with_words)
        migrations = sorted(ROOT.glob("apps/*/migrations/*.py"))
        sources = [path.read_text() for path in migrations]
        sources += [database.STAGING, *statements, self.shop_count, self.product_count]
        filled = replace(self, copy="")
        database.ensure(self.original, self.owner, sources, lambda: filled._fill(statements))

    def _fill(self, statements: list[str]) -> None:
        self.manage("migrate", verbosity=0)
        database.insert_catalogue(
            self.database,
            statements,
            shops=self.shop_count,
            products=self.product_count,
            password=make_password(PASSWORD),
        )

    def manage(self, *arguments: str, **options: object) -> None:
        """Run a management command as the schema's owner."""
        flags = [f"--{name}={value}" for name, value in options.items()]
        environment = self.environment()
        subprocess.run(
            [sys.executable, "manage.py", *arguments, *flags], cwd=ROOT, env=environment, check=True
        )

    def output(self, module: str, *arguments: str, text: str = "") -> str:
        """Return the last line that a module prints, with `text` as its standard input."""
        command = [sys.executable, "-m", module, *arguments]
        return last_line(command, self.environment(), ROOT, text)

    def environment(self) -> dict[str, str]:
        return inherited() | {
            "DATA_DIR": str(settings.DATA_DIR),
            "DATABASE_URL": database.url(self.database, APP_ROLE),
            "DATABASE_OWNER_URL": database.url(self.database, OWNER_ROLE),
            "DJANGO_SETTINGS_MODULE": self.settings_module,
            "PORT": str(self.port),
            "WORKERS": str(WORKERS),
            "JOB_WORKERS": "0",
            "DEMO": "false",
            **dict.fromkeys(("RATE_SHOP", "RATE_USER", "RATE_ADDRESS"), "1000000/sec"),
        }

    def server(self) -> Server:
        command = [sys.executable, "manage.py", "serve"]
        return Server(command, self.port, self.lists[0], self.environment(), ROOT, self.log())

    @cached_property
    def shops(self) -> list[Shop]:
        return shops.shops_of(self.database, shops.OURS)

    def token(self, shop: Shop) -> str:
        return shops.our_token(shop)


@dataclass
class Peer(Contestant):
    """A peer in `bench/peers/<folder>`, served by gunicorn or granian."""

    folder: str = "drf"
    is_on_granian: bool = False
    with_tenant: bool = False

    owner = database.PEER_ROLE

    @property
    def original(self) -> str:
        return f"{self.folder}_{self.shop_count}_{self.product_count}"

    def _ensure(self) -> None:
        python_of(self.folder)
        sources = [*self._sources(), *self._statements()]
        database.ensure(self.original, self.owner, sources, replace(self, copy="")._fill)

    def _sources(self) -> list[object]:
        files = [*(PEERS / self.folder).rglob("*.py"), *(PEERS / "catalogue").rglob("fields.py")]
        files += [*(PEERS / self.folder).rglob("*.sql")]
        return [*(path.read_text() for path in sorted(files)), database.STAGING]

    def _statements(self) -> list[str]:
        return peers.statements(with_tenant=self.with_tenant)

    def _fill(self) -> None:
        self._create_tables()
        database.insert_catalogue(
            self.database,
            self._statements(),
            shops=self.shop_count,
            products=self.product_count,
            password=PBKDF2PasswordHasher().encode(PASSWORD, "bench-of-galleria"),
        )

    def _create_tables(self) -> None:
        # The tables of users refer to groups, and apps without migrations are created first.
        self.manage("migrate", "auth")
        self.manage("migrate", "--run-syncdb")

    def manage(self, *arguments: str) -> None:
        """Run a management command of Django."""
        subprocess.run(
            [python_of(self.folder), "-m", "django", *arguments, "--verbosity=0"],
            env=self.environment(),
            check=True,
        )

    def output(self, module: str, *arguments: str) -> str:
        """Return the last line that a module prints."""
        command = [python_of(self.folder), "-m", module, *arguments]
        return last_line(command, self.environment(), PEERS / self.folder)

    def environment(self) -> dict[str, str]:
        return inherited() | {
            "DATABASE_URL": database.url(self.database, database.PEER_ROLE),
            "DJANGO_SETTINGS_MODULE": "settings",
            "PYTHONPATH": path_of(self.folder),
            "SECRET_KEY": self.key,
        }

    @property
    def key(self) -> str:
        return generated_secret(Path(settings.DATA_DIR) / "secrets", "peers")

    @property
    def application(self) -> str:
        return "catalogue.wsgi:application"

    def server(self) -> Server:
        serve = granian if self.is_on_granian else gunicorn
        command = [python_of(self.folder), "-m", *serve(self.application, self.port)]
        return Server(
            command,
            self.port,
            self.lists[0],
            self.environment(),
            PEERS / self.folder,
            self.log(),
        )

    @cached_property
    def shops(self) -> list[Shop]:
        return shops.shops_of(self.database, shops.PEERS.format(session="NULL"))

    def token(self, shop: Shop) -> str:
        return shops.peer_token(shop, self.key)


@dataclass
class Bare(Peer):
    """WSGI and SQL without a framework."""

    folder: str = "bare"
    is_on_granian: bool = True
    with_tenant: bool = True

    @property
    def application(self) -> str:
        return "wsgi:application"

    def _statements(self) -> list[str]:
        return peers.statements(with_tenant=True, with_sessions=True)

    def _create_tables(self) -> None:
        with database.connected(self.database, database.PEER_ROLE) as cursor:
            cursor.execute((PEERS / self.folder / "schema.sql").read_text())

    @cached_property
    def shops(self) -> list[Shop]:
        return shops.shops_of(self.database, shops.PEERS.format(session=shops.SESSION))
