from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2 import sql

from apps.tenants.models import Tenant, TenantOwnedModel

OWNER_ALIAS = "owner"

#: The advisory lock for migrations and changes to the role.
LOCK = 0x6A11E41A


def privileges_on(model: type[models.Model] | None) -> frozenset[str]:
    """Return the application's privileges on a model's table; None means a table without a model.

    The application reads and writes tenant-owned tables and reads shared ones, unless
    the model has `granted_privileges`. It also updates the `updatable_columns` of a model.
    """
    if model is not None and issubclass(model, TenantOwnedModel):
        allowed = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
        return frozenset(getattr(model, "granted_privileges", allowed)) & allowed
    if model is Tenant:
        return frozenset({"SELECT", "INSERT"})
    return frozenset(getattr(model, "granted_privileges", {"SELECT"}))


def models_by_table() -> dict[str, type[models.Model]]:
    """Return every model that has a table, by the name of the table."""
    models_ = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: model for model in models_ if not model._meta.proxy}


def grant_privileges(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Grant the application's role its privileges after a migration, and revoke all others."""
    if using != OWNER_ALIAS:
        return
    connection = connections[using]
    role = sql.Identifier(connections[DEFAULT_DB_ALIAS].settings_dict["USER"])
    database = sql.Identifier(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        statements = sql.SQL("; ").join(_statements(connection, role, database))
        cursor.execute(statements.as_string(connection.connection))


def set_timeouts() -> None:
    """Set the time-outs of the application's role, for later sessions.

    Runs as that role: besides a superuser, only the role itself may do it.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    with transaction.atomic(using=DEFAULT_DB_ALIAS), connection.cursor() as cursor:
        # All are in one row of pg_db_role_setting, on which concurrent changes would fail.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        for name, value in settings.DATABASE_TIMEOUTS.items():
            cursor.execute("SELECT current_setting(%s)", [name])
            if cursor.fetchone() != (value,):
                cursor.execute(f"ALTER ROLE CURRENT_USER SET {name} = %s", [value])
    connection.close()  # the open session began without them


def _statements(
    connection: BaseDatabaseWrapper, role: sql.Identifier, database: sql.Identifier
) -> Iterator[sql.Composable]:
    for template in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role}",
        "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC",
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        # verify_isolation() refuses SECURITY DEFINER functions.
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
    ):
        yield sql.SQL(template).format(database=database, role=role)
    known = models_by_table()
    for table in connection.introspection.table_names():
        if columns := getattr(known.get(table), "updatable_columns", ()):
            yield sql.SQL("GRANT UPDATE ({}) ON {} TO {}").format(
                sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table), role
            )
        privileges = sql.SQL(", ".join(sorted(privileges_on(known.get(table)))))
        yield sql.SQL("GRANT {} ON {} TO {}").format(privileges, sql.Identifier(table), role)
