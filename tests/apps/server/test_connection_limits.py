"""The connections of a server to PostgreSQL."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg2
import pytest
from django.conf import settings
from django.core.checks import Tags, run_checks

from apps.embedded_postgres.cluster import EmbeddedPostgres
from apps.embedded_postgres.roles import APP_ROLE, SUPERUSER
from apps.server import connection_limits
from apps.server.database_watchdog import APPLICATION_NAME
from tests.processes import AsgiServer, manage, serving, started, until


def connections(postgres: EmbeddedPostgres) -> int:
    """Return the number of open connections of the application's role, except the watchdog's."""
    with closing(psycopg2.connect(postgres.url(SUPERUSER))) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND application_name <> %s",
            [APP_ROLE, APPLICATION_NAME],
        )
        return cursor.fetchone()[0]


@pytest.fixture
def open_files() -> Iterator[None]:
    """The soft limit on open files at a common value during the test."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("open_files")
def test_limit_on_open_files_is_raised_for_the_clients(settings):
    settings.CLIENTS = 2_000

    assert connection_limits.clients_per_worker() == 2_000
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft == 2_000 + 2 * (settings.THREADS + 2) + 200


@pytest.mark.usefixtures("open_files")
def test_clients_are_limited_by_open_files(settings):
    settings.CLIENTS = 10**9

    clients = connection_limits.clients_per_worker()
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert clients == soft - 2 * (settings.THREADS + 2) - 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("workers", "databases", "ids"),
    [(1, ["default"], []), (9, ["default"], ["server.W001"]), (9, ["owner"], []), (9, None, [])],
)
def test_connection_shortage_is_a_warning(settings, workers, databases, ids):
    settings.WORKERS = workers

    found = run_checks(tags=[Tags.database], databases=databases)

    assert [(message.id, message.is_serious()) for message in found] == [(i, False) for i in ids]


@pytest.fixture
def url(postgres) -> str:
    migrated = manage("migrate", DATA_DIR=postgres.data_dir)
    assert migrated.returncode == 0, migrated.stderr
    return postgres.url(APP_ROLE)


def test_asgi_keeps_no_connection_after_a_request(postgres, url):
    """Each request runs in a new thread, so a persistent connection would not be reused."""
    with started(AsgiServer(postgres.data_dir, {"DATABASE_URL": url})) as server:
        for _ in range(20):
            assert server.get("acme.localhost", "/readyz").status == 200
        until(lambda: connections(postgres) == 0)


def test_serve_keeps_one_connection_per_thread_and_a_listener(postgres, url):
    with serving(postgres.data_dir, DATABASE_URL=url, WORKERS=1) as server:
        assert server.get("acme.localhost", "/api/shop/").status == 404
        until(lambda: connections(postgres) >= 2)
        with ThreadPoolExecutor(4) as clients:
            answers = clients.map(lambda _: server.get("acme.localhost", "/readyz"), range(64))
            assert {answer.status for answer in answers} == {200}
        assert 2 <= connections(postgres) <= settings.THREADS + 1
