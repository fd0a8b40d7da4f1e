"""Transactions and introspection on the owner's connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from apps.backups.exceptions import BackupError
from apps.tenants.models import TenantOwnedModel
from apps.tenants.privileges import OWNER_ALIAS, models_by_table

# Concurrent restores would grant and revoke each other's privileges. The number is arbitrary.
_LOCK = f"SELECT pg_advisory_xact_lock({0x6A11E41B});"
_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;"

# No timeouts, and the same text for a row in every session.
_SETTINGS = """
SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres';
SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL search_path = public
"""


@contextmanager
def owner_transaction(*, read_only: bool) -> Iterator[Any]:
    """Yield the owner's cursor: on a snapshot if `read_only`, else locked against restores."""
    with transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute((_SNAPSHOT if read_only else _LOCK) + _SETTINGS)
        yield cursor


def applied_migrations() -> list[str]:
    applied = MigrationRecorder(connections[OWNER_ALIAS]).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def tenant_tables() -> dict[str, type[TenantOwnedModel]]:
    """Return all tenant-owned models by the name of their table."""
    models = models_by_table().items()
    return {table: model for table, model in models if issubclass(model, TenantOwnedModel)}


def require_bound_role(cursor: Any) -> str:
    """Return the application's role; raise BackupError unless the policies bind it.

    The owner must be a member of the role, to act as it.
    """
    role: str = connections[DEFAULT_DB_ALIAS].settings_dict["USER"]
    cursor.execute(
        "SELECT rolsuper OR rolbypassrls, pg_has_role(oid, 'MEMBER'),"
        " format('GRANT %%I TO %%I;', rolname, current_user) FROM pg_roles WHERE rolname = %s",
        [role],
    )
    [(bypasses, is_member, grant)] = cursor.fetchall()
    if bypasses:
        raise BackupError(f"The application's role {role} is not bound by row-level security.")
    if not is_member:
        raise BackupError(
            f"The owner must be a member of the application's role. As a superuser, run: {grant}"
        )
    return role
