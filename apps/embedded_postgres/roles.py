from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing

import psycopg2

DATABASE = "galleria"
OWNER_ROLE = "galleria_owner"
APP_ROLE = "galleria_app"
SUPERUSER = "postgres"

_ATTRIBUTES = {OWNER_ROLE: "LOGIN CREATEDB BYPASSRLS", APP_ROLE: "LOGIN"}
_SET_CONFIG = "pg_catalog.set_config(text, text, boolean)"


def ensure_roles(template_url: str, passwords: Mapping[str, str]) -> None:
    """Create or update the roles, and create the database if it is missing.

    `template_url` is that of template1, so that new databases inherit the privileges.
    """
    with closing(psycopg2.connect(template_url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        for role, attributes in _ATTRIBUTES.items():
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            cursor.execute(f"{verb} ROLE {role} {attributes} PASSWORD %s", [passwords[role]])
        # The owner uses SET ROLE where the policies must apply.
        cursor.execute(f"GRANT {APP_ROLE} TO {OWNER_ROLE}")
        cursor.execute(f"ALTER ROLE {APP_ROLE} SET track_activities = off")
        cursor.execute(f"REVOKE EXECUTE ON FUNCTION {_SET_CONFIG} FROM PUBLIC")
        cursor.execute(f"GRANT EXECUTE ON FUNCTION {_SET_CONFIG} TO {OWNER_ROLE}")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")
