"""Silence is noticed, nobody is left waiting, and the next answer ends it."""

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

from apps.server.heartbeat import APPLICATION_NAME, Ping, WatchedConnection, heartbeat
from tests.processes import until

pytestmark = pytest.mark.django_db


@contextmanager
def mute_server() -> Iterator[dict[str, object]]:
    """A server that takes what it is sent and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield {"host": "127.0.0.1", "port": server.getsockname()[1], "sslmode": "disable"}


@pytest.fixture
def parameters() -> dict[str, object]:
    """What the application connects with."""
    return connection.get_connection_params()


@pytest.fixture
def ping(parameters) -> Iterator[Ping]:
    del parameters["connection_factory"], parameters["cursor_factory"]
    ping = Ping({**parameters, "application_name": "one-ping"})
    yield ping
    ping.hang_up()


@pytest.fixture
def _silence() -> Iterator[None]:
    heartbeat.is_silent = True
    yield
    heartbeat.is_silent = False


@pytest.fixture
def _beating() -> Iterator[None]:
    heartbeat.start()
    yield
    heartbeat.stop()


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


def test_ping_hears_a_database_again_and_again_on_one_connection(ping, activity):
    heard, backends = [], set()
    for _ in range(3):
        heard.append(ping.is_heard(10))
        backends.add(activity("application_name = %s", "one-ping"))

    assert heard == [True, True, True]
    assert len(backends - {None}) == len(backends) == 1


def test_ping_does_not_hear_a_mute_server():
    with mute_server() as parameters:
        assert Ping(parameters).is_heard(0.1) is False


def test_refusal_is_an_answer():
    with mute_server() as parameters:
        pass  # it is closed now
    with pytest.raises(psycopg2.OperationalError, match="refused"):
        psycopg2.connect(**parameters)

    assert Ping(parameters).is_heard(10) is True


@pytest.mark.usefixtures("_silence")
def test_silent_database_is_asked_for_no_connection(parameters):
    with pytest.raises(psycopg2.OperationalError, match="does not answer"):
        psycopg2.connect(**parameters)


def test_silent_database_is_asked_no_question():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert isinstance(connection.connection, WatchedConnection)

    heartbeat.is_silent = True
    try:
        with pytest.raises(OperationalError, match="does not answer"):
            connection.cursor()
    finally:
        heartbeat.is_silent = False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@pytest.mark.usefixtures("_silence")
def test_request_is_refused_and_a_probe_is_not(client):
    client.raise_request_exception = False
    host = {"HTTP_HOST": "acme.localhost:8000"}
    refused, alive = client.get("/api/products/", **host), client.get("/livez", **host)

    assert (refused.status_code, alive.status_code) == (503, 200)
    assert refused.headers["Retry-After"] == "1"
    assert client.get("/readyz", **host).status_code == 503


def test_connection_that_is_broken_off_wakes_whoever_waits(parameters, activity):
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
        watched.break_off()
        waiting.join()

    # Not by its own statement_timeout, which says so by a SQLSTATE.
    assert [error.pgcode for error in errors] == [None]


def test_broken_off_connection_leaves_no_descriptor_behind(parameters):
    before = len(os.listdir("/dev/fd"))
    for _ in range(20):
        watched = psycopg2.connect(**parameters)
        watched.break_off()
        watched.close()
        del watched

    # Other threads of this process open and close some, too.
    assert len(os.listdir("/dev/fd")) < before + 10


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_beating")
def test_silence_is_noticed_breaks_off_and_ends(parameters, activity):
    """The database of the tests is shared: it is the ping's own backend that is frozen."""

    def ping_backend() -> int | None:
        return activity("application_name = %s", APPLICATION_NAME)

    until(ping_backend)
    watched = psycopg2.connect(**parameters)
    frozen = ping_backend()
    os.kill(frozen, signal.SIGSTOP)
    try:
        until(lambda: _is_broken(watched))
    finally:
        os.kill(frozen, signal.SIGCONT)
        watched.close()
    until(lambda: not heartbeat.is_silent)
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _is_broken(watched: WatchedConnection) -> bool:
    try:
        watched.cursor().execute("SELECT 1")
    except psycopg2.Error:
        return bool(watched.closed)
    return False
