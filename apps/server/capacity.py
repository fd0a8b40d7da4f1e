"""Whether PostgreSQL lets in as many connections as the server may hold."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import connection

#: Besides its threads, each process has the registry's listener, the heartbeat and two for mail.
BESIDES_THREADS: Final = 4

#: For commands, the back-up, and whoever looks at what is wrong.
SPARE: Final = 5

_ALLOWED = """
SELECT least(
    nullif(role.rolconnlimit, -1),
    nullif(db.datconnlimit, -1),
    current_setting('max_connections')::int
        - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0)
)
FROM pg_roles AS role, pg_database AS db
WHERE role.rolname = current_user AND db.datname = current_database()
"""


def connections_needed() -> int:
    """Return how many connections the server may come to hold, and some to spare."""
    needed: int = settings.WORKERS * (settings.THREADS + BESIDES_THREADS) + SPARE
    return needed


def connections_allowed() -> int:
    """Return how many the application's role may hold in its database."""
    with connection.cursor() as cursor:
        cursor.execute(_ALLOWED)
        allowed: int = cursor.fetchone()[0]
    return allowed


def shortage() -> str | None:
    """Return a sentence that says how many connections are lacking and what to do, or None."""
    needed, allowed = connections_needed(), connections_allowed()
    if needed <= allowed:
        return None
    return (
        f"PostgreSQL allows {allowed} connections, and this server may need {needed}: raise "
        "max_connections or the CONNECTION LIMIT of role and database, or lower WORKERS. "
        "Requests that get none are answered with a 503."
    )
