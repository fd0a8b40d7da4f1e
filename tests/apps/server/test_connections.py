"""How many connections to PostgreSQL a server keeps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg2
import pytest
from django.conf import settings

from apps.server.embedded import APP_ROLE, SUPERUSER, EmbeddedPostgres
from apps.server.heartbeat import APPLICATION_NAME
from tests.processes import AsgiServer, manage, serving, started, until


def connections(postgres: EmbeddedPostgres) -> int:
    """Return how many connections the application's role has open, but those that only ping."""
    with closing(psycopg2.connect(postgres.url(SUPERUSER))) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND application_name <> %s",
            [APP_ROLE, APPLICATION_NAME],
        )
        return cursor.fetchone()[0]


@pytest.fixture
def url(postgres) -> str:
    migrated = manage("migrate", DATA_DIR=postgres.data_dir)
    assert migrated.returncode == 0, migrated.stderr
    return postgres.url(APP_ROLE)


def test_asgi_keeps_none_after_a_request(postgres, url):
    """Each request has a thread of its own, so a connection that stayed would be of no use."""
    with started(AsgiServer(postgres.data_dir, {"DATABASE_URL": url})) as server:
        for _ in range(20):
            assert server.get("acme.localhost", "/readyz").status == 200
        until(lambda: connections(postgres) == 0)


def test_serve_keeps_one_for_each_thread_and_one_that_listens(postgres, url):
    with serving(postgres.data_dir, DATABASE_URL=url, WORKERS=1) as server:
        assert server.get("acme.localhost", "/api/shop/").status == 404
        until(lambda: connections(postgres) >= 2)
        with ThreadPoolExecutor(4) as clients:
            answers = clients.map(lambda _: server.get("acme.localhost", "/readyz"), range(64))
            assert {answer.status for answer in answers} == {200}
        assert 2 <= connections(postgres) <= settings.THREADS + 1
