"""The databases of the contestants, in one PostgreSQL."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg2
from django.conf import settings
from psycopg2.extensions import AsIs

from apps.embedded_postgres.roles import OWNER_ROLE, SUPERUSER

#: The role of the peers, which owns their databases, as is usual for a Django project.
PEER_ROLE = "bench_peer"
ADMIN_DATABASE = "postgres"
STAGING = (Path(__file__).parent / "data" / "staging.sql").read_text()
#: Of the server, for all contestants alike; the rest is PostgreSQL's default.
SERVER_SETTINGS = {"shared_buffers": "512MB", "max_connections": "500", "max_wal_size": "4GB"}
#: More objects than the lock table has room for by default are dropped with 1,000 schemas.
SERVER_SETTINGS |= {"max_locks_per_transaction": "1024"}


def url(database: str, role: str) -> str:
    return str(settings.EMBEDDED_POSTGRES.url(role, database))


@contextmanager
def connected(database: str = ADMIN_DATABASE, role: str = SUPERUSER) -> Iterator[Any]:
    """Yield a cursor in autocommit."""
    with closing(psycopg2.connect(url(database, role))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def ensure_peer_role() -> None:
    password = unquote(urlsplit(url(ADMIN_DATABASE, PEER_ROLE)).password or "")
    with connected() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [PEER_ROLE])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        cursor.execute(f"{verb} ROLE {PEER_ROLE} LOGIN PASSWORD %s", [password])


def ensure(database: str, role: str, sources: Sequence[object], fill: Callable[[], None]) -> None:
    """Create a database and call `fill`, unless one exists that was filled from these sources."""
    digest = hashlib.sha256(repr(sources).encode()).hexdigest()
    with connected() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [database],
        )
        if cursor.fetchone() == (digest,):
            return
        create(database, role)
        fill()
        cursor.execute("COMMENT ON DATABASE %s IS %s", [AsIs(database), digest])


def create(database: str, role: str = OWNER_ROLE, template: str = "template1") -> None:
    """Create a database anew."""
    with connected() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {database} OWNER {role} TEMPLATE {template}")


def insert_catalogue(
    database: str, statements: Sequence[str], *, shops: int, products: int, password: str
) -> None:
    """Run the statements over staged shops and products, without triggers, and analyze."""
    values = {"shops": shops, "products": products, "password": password}
    with connected(database) as cursor:
        cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        cursor.execute(STAGING, values)
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("DROP TABLE shop, product, word")
        cursor.execute("VACUUM ANALYZE")


def size_of(database: str) -> int:
    with connected() as cursor:
        cursor.execute("SELECT pg_database_size(%s)", [database])
        [size] = cursor.fetchone()
    return int(size)
