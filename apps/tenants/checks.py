from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS

from apps.tenants.database import TenantCursor
from apps.tenants.isolation import find_violations


def check_settings(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Check that the default connection sends the tenant with every statement."""
    database: dict[str, Any] = settings.DATABASES[DEFAULT_DB_ALIAS]
    factory = database.get("OPTIONS", {}).get("cursor_factory")
    if not (isinstance(factory, type) and issubclass(factory, TenantCursor)):
        return [
            Error(
                "The default database's cursors do not send the tenant.",
                hint='Set DATABASES["default"]["OPTIONS"]["cursor_factory"] = TenantCursor.',
                id="tenants.E011",
            )
        ]
    if not database.get("DISABLE_SERVER_SIDE_CURSORS"):
        return [
            Error(
                "Server-side cursors are enabled; they cannot send the tenant.",
                hint='Set DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True.',
                id="tenants.E012",
            )
        ]
    return []


def check_driver(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Check that psycopg 3 is absent: Django would prefer it to psycopg2."""
    if find_spec("psycopg") is None:
        return []
    return [
        Error(
            "psycopg 3 is installed; Django would use it, and TenantCursor would not apply.",
            hint="Uninstall psycopg and every package that depends on it; keep psycopg2-binary.",
            id="tenants.E016",
        )
    ]


def check_isolation(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Check the isolation that PostgreSQL enforces on the application's role.

    `migrate` uses the owner's alias, which is not checked: it creates what is missing.
    """
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    return [
        Error(
            violation,
            hint="Run `manage.py migrate` as the schema's owner, then `manage.py audit_isolation`.",
            id="tenants.E017",
        )
        for violation in find_violations()
    ]
