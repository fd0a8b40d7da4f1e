"""The watchdog detects an unresponsive database and fails waiting statements."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg2
import pytest
from django.db import OperationalError, connection

from apps.server.database_watchdog import APPLICATION_NAME, Ping, WatchedConnection, watchdog
from tests.processes import until

pytestmark = pytest.mark.django_db


@contextmanager
def unresponsive_server() -> Iterator[dict[str, object]]:
    """A server that accepts connections and never sends a byte."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield {"host": "127.0.0.1", "port": server.getsockname()[1], "sslmode": "disable"}


@pytest.fixture
def parameters() -> dict[str, object]:
    """The connection parameters of the application."""
    return connection.get_connection_params()


@pytest.fixture
def ping(parameters) -> Iterator[Ping]:
    del parameters["connection_factory"], parameters["cursor_factory"]
    ping = Ping({**parameters, "application_name": "one-ping"})
    yield ping
    ping.close()


@pytest.fixture
def _unresponsive() -> Iterator[None]:
    watchdog.is_unresponsive = True
    yield
    watchdog.is_unresponsive = False


@pytest.fixture
def _watching() -> Iterator[None]:
    watchdog.start()
    yield
    watchdog.stop()


@pytest.fixture
def activity(parameters) -> Iterator[Callable[[str, object], int | None]]:
    """Return the process of this database's one backend that a condition is true of, if any."""
    with closing(psycopg2.connect(**{**parameters, "connection_factory": None})) as observer:
        observer.autocommit = True  # a transaction would see the same activity for ever

        def backend(condition: str, value: object) -> int | None:
            with observer.cursor() as cursor:
                cursor.execute(
                    "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                    f"AND datname = current_database() AND {condition}",
                    [value],
                )
                return (cursor.fetchone() or [None])[0]

        yield backend


def test_ping_keeps_its_connection(ping, activity):
    responses, backends = [], set()
    for _ in range(3):
        responses.append(ping.responds(10))
        backends.add(activity("application_name = %s", "one-ping"))

    assert responses == [True, True, True]
    assert len(backends - {None}) == len(backends) == 1


def test_ping_of_an_unresponsive_server_times_out():
    with unresponsive_server() as parameters:
        assert Ping(parameters).responds(0.1) is False


def test_refused_connection_is_a_response():
    with unresponsive_server() as parameters:
        pass  # it is closed now
    with pytest.raises(psycopg2.OperationalError, match="refused"):
        psycopg2.connect(**parameters)

    assert Ping(parameters).responds(10) is True


@pytest.mark.usefixtures("_unresponsive")
def test_connecting_fails_fast_while_the_database_is_unresponsive(parameters):
    with pytest.raises(psycopg2.OperationalError, match="does not respond"):
        psycopg2.connect(**parameters)


def test_query_fails_fast_while_the_database_is_unresponsive():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert isinstance(connection.connection, WatchedConnection)

    watchdog.is_unresponsive = True
    try:
        with pytest.raises(OperationalError, match="does not respond"):
            connection.cursor()
    finally:
        watchdog.is_unresponsive = False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@pytest.mark.usefixtures("_unresponsive")
def test_request_is_refused_and_liveness_is_not(client):
    client.raise_request_exception = False
    host = {"HTTP_HOST": "acme.localhost:8000"}
    refused, alive = client.get("/api/products/", **host), client.get("/livez", **host)

    assert (refused.status_code, alive.status_code) == (503, 200)
    assert refused.headers["Retry-After"] == "1"
    assert client.get("/readyz", **host).status_code == 503


def test_aborted_connection_fails_the_waiting_statement(parameters, activity):
    with closing(psycopg2.connect(**parameters)) as watched:
        errors = []

        def wait() -> None:
            try:
                watched.cursor().execute("SELECT pg_sleep(4)")
            except psycopg2.Error as error:
                errors.append(error)

        waiting = threading.Thread(target=wait)
        waiting.start()
        until(lambda: activity("wait_event = 'PgSleep' AND pid = %s", watched.info.backend_pid))
        watched.abort()
        waiting.join()

    # Not by its own statement_timeout, which says so by a SQLSTATE.
    assert [error.pgcode for error in errors] == [None]


def test_aborted_connection_leaves_no_descriptor_open(parameters):
    before = len(os.listdir("/dev/fd"))
    for _ in range(20):
        watched = psycopg2.connect(**parameters)
        watched.abort()
        watched.close()
        del watched

    # Other threads of this process open and close some, too.
    assert len(os.listdir("/dev/fd")) < before + 10


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_watching")
def test_watchdog_detects_an_unresponsive_database_and_its_recovery(parameters, activity):
    """The database of the tests is shared, so only the backend of the ping is frozen."""

    def ping_backend() -> int | None:
        return activity("application_name = %s", APPLICATION_NAME)

    until(ping_backend)
    watched = psycopg2.connect(**parameters)
    frozen = ping_backend()
    os.kill(frozen, signal.SIGSTOP)
    try:
        until(lambda: _is_aborted(watched))
    finally:
        os.kill(frozen, signal.SIGCONT)
        watched.close()
    until(lambda: not watchdog.is_unresponsive)
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _is_aborted(watched: WatchedConnection) -> bool:
    try:
        watched.cursor().execute("SELECT 1")
    except psycopg2.Error:
        return bool(watched.closed)
    return False
