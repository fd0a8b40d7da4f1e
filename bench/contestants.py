"""This project as a contestant, and what all contestants have: a database, a server, shops."""

from __future__ import annotations

import subprocess
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.hashers import make_password

from apps.embedded_postgres.roles import APP_ROLE, OWNER_ROLE
from bench import database, shops
from bench.commands import WORKERS, inherited, last_line
from bench.data import ours
from bench.environments import python_of_ours
from bench.load.wrk import Target
from bench.servers import Server, free_port
from bench.shops import Shop

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "glaze-over-stoneware"
LIST = "/api/products/"


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
    #: Requests to each target before it is measured warm.
    warm_ups: ClassVar[int] = 0

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
    warm_ups = 4

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
        command = [python_of_ours(), "manage.py", "serve"]
        return Server(command, self.port, self.lists[0], self.environment(), ROOT, self.log())

    @cached_property
    def shops(self) -> list[Shop]:
        return shops.shops_of(self.database, shops.OURS)

    def token(self, shop: Shop) -> str:
        return shops.our_token(shop)
