"""The rights and the limits of the application's role: what it needs, and nothing more."""

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

#: What whoever migrates locks: any number that nobody else does.
LOCK = 0x6A11E41A


def rights_on(model: type[models.Model] | None) -> frozenset[str]:
    """Return the application's rights on a model's table; None stands for any other table.

    A shop's table is fully the application's, a shared one is for reading, unless the model says
    otherwise in `app_rights`. Of the registry, the columns `Tenant.app_columns` may be updated.
    """
    if model is not None and issubclass(model, TenantOwnedModel):
        everything = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
        return frozenset(getattr(model, "app_rights", everything)) & everything
    if model is Tenant:
        return frozenset({"SELECT", "INSERT"})
    return frozenset(getattr(model, "app_rights", {"SELECT"}))


def models_by_table() -> dict[str, type[models.Model]]:
    """Return every model that has a table, by the table's name."""
    every = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: model for model in every if not model._meta.proxy}


def grant_rights(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After a migration, give the application's role its rights and take all others away."""
    if using != OWNER_ALIAS:
        return
    connection = connections[using]
    role = sql.Identifier(connections[DEFAULT_DB_ALIAS].settings_dict["USER"])
    database = sql.Identifier(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        statements = sql.SQL("; ").join(_statements(connection, role, database))
        cursor.execute(statements.as_string(connection.connection))


def limit_waits() -> None:
    """Give the application's role its time-outs, for every session from now on.

    The role does it itself: no other may, but a superuser.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    with transaction.atomic(using=DEFAULT_DB_ALIAS), connection.cursor() as cursor:
        # All of them are one row of the catalogue, which two must not change at once.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        for name, value in settings.DATABASE_TIMEOUTS.items():
            cursor.execute("SELECT current_setting(%s)", [name])
            if cursor.fetchone() != (value,):
                cursor.execute(f"ALTER ROLE CURRENT_USER SET {name} = %s", [value])
    connection.close()  # it began without them


def _statements(
    connection: BaseDatabaseWrapper, role: sql.Identifier, database: sql.Identifier
) -> Iterator[sql.Composable]:
    for everybody in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role}",
        "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC",
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        # None has more rights than its caller, unless the audit says so.
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
    ):
        yield sql.SQL(everybody).format(database=database, role=role)
    yield sql.SQL("GRANT UPDATE ({}) ON {} TO {}").format(
        sql.SQL(", ").join(map(sql.Identifier, Tenant.app_columns)),
        sql.Identifier(Tenant._meta.db_table),
        role,
    )
    known = models_by_table()
    for table in connection.introspection.table_names():
        rights = sql.SQL(", ").join(sql.SQL(right) for right in sorted(rights_on(known.get(table))))
        yield sql.SQL("GRANT {} ON {} TO {}").format(rights, sql.Identifier(table), role)
