"""The owner's connection, as back-ups use it, and what they ask the database about itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from apps.backups.exceptions import BackupError
from apps.tenants.models import TenantOwnedModel
from apps.tenants.privileges import OWNER_ALIAS, models_by_table

# Any number that nothing else locks: two restores would grant and revoke over each other.
_ONE_AT_A_TIME = f"SELECT pg_advisory_xact_lock({0x6A11E41B});"
_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;"

# A long pause is no fault here, and a row has one text in every session.
_STEADY = """
SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres';
SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL search_path = public
"""


@contextmanager
def owner_transaction(*, read_only: bool) -> Iterator[Any]:
    """Yield the owner's cursor: on one moment if `read_only`, or else after other restores."""
    with transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute((_SNAPSHOT if read_only else _ONE_AT_A_TIME) + _STEADY)
        yield cursor


def applied_migrations() -> list[str]:
    """Return the migrations that made the schema, in order of their names."""
    applied = MigrationRecorder(connections[OWNER_ALIAS]).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def tenant_tables() -> dict[str, type[TenantOwnedModel]]:
    """Return the model of every table whose rows belong to a shop."""
    every = models_by_table().items()
    return {name: model for name, model in every if issubclass(model, TenantOwnedModel)}


def require_bound_role(cursor: Any) -> str:
    """Return the application's role, which the owner can act as and no wall lets through."""
    role: str = connections[DEFAULT_DB_ALIAS].settings_dict["USER"]
    cursor.execute(
        "SELECT rolsuper OR rolbypassrls, pg_has_role(oid, 'MEMBER'),"
        " format('GRANT %%I TO %%I;', rolname, current_user) FROM pg_roles WHERE rolname = %s",
        [role],
    )
    [(passes, can_act_as, grant)] = cursor.fetchall()
    if passes:
        raise BackupError(f"The application's role {role} is not bound by Row-Level Security.")
    if not can_act_as:
        raise BackupError(
            f"The owner has to act as the application's role here. As a superuser, run: {grant}"
        )
    return role
