from __future__ import annotations

import resource
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage
from django.db import DEFAULT_DB_ALIAS, connection

#: Of each process, besides one per thread: a listener and the watchdog.
BACKGROUND_CONNECTIONS: Final = 2

#: For management commands, backups and operators.
SPARE_CONNECTIONS: Final = 5

#: File descriptors of a worker that are not connections.
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
    """Return the number of clients that a worker accepts, and raise its limit on open files."""
    others = 2 * (settings.THREADS + BACKGROUND_CONNECTIONS) + OTHER_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = settings.CLIENTS + others
    files = files if hard == resource.RLIM_INFINITY else min(files, hard)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return files - others


def check_connections(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn if PostgreSQL allows fewer connections than the server may open.

    Not an error, because the limits do not apply behind a connection pooler.
    """
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    needed, allowed = connections_needed(), _connections_allowed()
    if needed <= allowed:
        return []
    return [
        checks.Warning(
            f"PostgreSQL allows {allowed} connections, but this server may need {needed}. "
            "Requests without a connection get a 503.",
            hint="Raise max_connections or the CONNECTION LIMIT of role and database, "
            "or lower WORKERS.",
            id="server.W001",
        )
    ]


def connections_needed() -> int:
    """Return the highest number of connections that the server opens, plus the spare ones."""
    web: int = settings.WORKERS * (settings.THREADS + BACKGROUND_CONNECTIONS)
    # A worker of jobs renews its leases on another connection.
    jobs: int = settings.JOB_WORKERS * (settings.JOB_THREADS + 1 + BACKGROUND_CONNECTIONS)
    return web + jobs + SPARE_CONNECTIONS


def _connections_allowed() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_ALLOWED)
        allowed: int = cursor.fetchone()[0]
    return allowed
