"""How many connections a server may hold: its clients', and its own to PostgreSQL."""

from __future__ import annotations

import resource
from typing import Final

from django.conf import settings
from django.db import connection

#: Besides its threads, each process has the registry's listener, the heartbeat and two for mail.
BESIDES_THREADS: Final = 4

#: For commands, the back-up, and whoever looks at what is wrong.
SPARE: Final = 5

#: Descriptors of a worker besides its connections: files, libraries, its event loop.
BESIDES_CONNECTIONS: Final = 200

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


def clients_each() -> int:
    """Return how many clients a worker may keep connected; raise the limit on open files for them.

    Clients that send half a head hold a connection until they time out, and 16 kB at the most.
    """
    besides = 2 * (settings.THREADS + BESIDES_THREADS) + BESIDES_CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = settings.CLIENTS + besides
    files = files if hard == resource.RLIM_INFINITY else min(files, hard)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return files - besides


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
