"""The peers as contestants."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from apps.server.local_secrets import generated_secret
from bench import database, shops
from bench.commands import granian, gunicorn, inherited, last_line
from bench.contestants import PASSWORD, Contestant
from bench.data import peers
from bench.environments import PEERS, path_of, python_of
from bench.servers import Server
from bench.shops import Shop

#: All users have one hash.
SALT = "bench-of-galleria"


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
            password=PBKDF2PasswordHasher().encode(PASSWORD, SALT),
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
