"""Limits on the connections of a server: from its clients, and to PostgreSQL."""

from __future__ import annotations

import resource
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage
from django.db import DEFAULT_DB_ALIAS, connection

#: Of each process, others its threads': the registry's listener, the watchdog and two for mail.
BACKGROUND_CONNECTIONS: Final = 4

#: For commands, the backup, and an operator who investigates.
SPARE_CONNECTIONS: Final = 5

#: Descriptors of a worker that are not connections: files, libraries, its event loop.
OTHER_DESCRIPTORS: Final = 200

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


def clients_per_worker() -> int:
    """Return how many clients each worker accepts, after raising the soft limit on open files.

    A client that sends half a head holds a connection until it times out, and at most 16 kB.
    """
    others = 2 * (settings.THREADS + BACKGROUND_CONNECTIONS) + OTHER_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = settings.CLIENTS + others
    files = files if hard == resource.RLIM_INFINITY else min(files, hard)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return files - others


def check_connections(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn about a PostgreSQL that allows fewer connections than the server may open.

    Only a warning: behind a pooler, these limits do not apply.
    """
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    needed, allowed = connections_needed(), _connections_allowed()
    if needed <= allowed:
        return []
    return [
        checks.Warning(
            f"PostgreSQL allows {allowed} connections, and this server may need {needed}. "
            "Requests that get none are answered with a 503.",
            hint="Raise max_connections or the CONNECTION LIMIT of role and database, "
            "or lower WORKERS.",
            id="server.W001",
        )
    ]


def connections_needed() -> int:
    """Return how many connections the server opens at most, and some to spare."""
    needed: int = settings.WORKERS * (settings.THREADS + BACKGROUND_CONNECTIONS) + SPARE_CONNECTIONS
    return needed


def _connections_allowed() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_ALLOWED)
        allowed: int = cursor.fetchone()[0]
    return allowed
