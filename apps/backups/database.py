"""The owner's connection, as back-ups use it, and what they ask the database about itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg2 import sql
from psycopg2.extensions import make_dsn

from apps.backups.exceptions import BackupError
from apps.tenants.grants import OWNER_ALIAS, models_by_table
from apps.tenants.models import TenantOwnedModel

#: One at a time: two would grant and revoke over each other. Any number that nobody else locks.
_LOCK = 0x6A11E41B

# A long pause is no fault here, and a row has one text in every session.
_STEADY = """
SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres';
SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL search_path = public
"""


@contextmanager
def snapshot() -> Iterator[tuple[Any, str]]:
    """Yield the owner's cursor on one moment of the database, and that moment's name."""
    with transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        be_steady(cursor)
        cursor.execute("SELECT pg_export_snapshot()")
        [name] = cursor.fetchone()
        yield cursor, name


@contextmanager
def all_or_nothing() -> Iterator[Any]:
    """Yield the owner's cursor in one transaction, after those that restore at the same time."""
    with transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        be_steady(cursor)
        yield cursor


def be_steady(cursor: Any) -> None:
    cursor.execute(_STEADY)


def run(cursor: Any, statement: str, **parts: sql.Composable) -> None:
    """Run a statement made of text of ours and of quoted parts."""
    cursor.execute(sql.SQL(statement).format(**parts).as_string(cursor.connection))


def applied_migrations() -> list[str]:
    """Return the migrations that made the schema, in order of their names."""
    applied = MigrationRecorder(connections[OWNER_ALIAS]).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def server_version() -> int:
    """Return the server's version as a number: 180006 is 18.6."""
    connections[OWNER_ALIAS].ensure_connection()
    return int(connections[OWNER_ALIAS].connection.server_version)


def tenant_tables() -> dict[str, type[TenantOwnedModel]]:
    """Return the model of every table whose rows belong to a shop."""
    every = models_by_table().items()
    return {name: model for name, model in every if issubclass(model, TenantOwnedModel)}


def columns_of(cursor: Any, table: str) -> list[str]:
    """Return the columns of a table that can be written: those that pg_dump dumps."""
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [f'public."{table}"'],
    )
    return [name for (name,) in cursor.fetchall()]


def require_bound_role(cursor: Any) -> str:
    """Return the application's role, which the owner can act as and no wall lets through."""
    role: str = connections[DEFAULT_DB_ALIAS].settings_dict["USER"]
    cursor.execute(
        "SELECT rolsuper OR rolbypassrls, pg_has_role(oid, 'MEMBER'), current_user"
        " FROM pg_roles WHERE rolname = %s",
        [role],
    )
    [(passes, can_act_as, owner)] = cursor.fetchall()
    if passes:
        raise BackupError(f"The application's role {role} is not bound by Row-Level Security.")
    if not can_act_as:
        names = [sql.Identifier(name).as_string(cursor.connection) for name in (role, owner)]
        raise BackupError(
            "The owner has to act as the application's role here. As a superuser, run:"
            f" GRANT {names[0]} TO {names[1]};"
        )
    return role


def dsn() -> str:
    """Return how a program connects as the owner, but for the password."""
    parameters = connections[OWNER_ALIAS].get_connection_params()
    known = {"dbname", "user", "host", "port", "options", "connect_timeout"}
    wanted = {
        name: value
        for name, value in parameters.items()
        if name in known or name.startswith(("ssl", "gss", "keepalives", "tcp_"))
    }
    return make_dsn(**wanted)


def environment() -> dict[str, str]:
    """Return the environment for a program that connects; a command line is for all to read."""
    password = connections[OWNER_ALIAS].get_connection_params().get("password")
    return {**os.environ, **({"PGPASSWORD": password} if password else {})}
