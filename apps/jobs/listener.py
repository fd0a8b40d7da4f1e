from __future__ import annotations

import logging
import select
import threading
from collections.abc import Callable
from contextlib import closing

import psycopg2
from django.db import connection as django_connection

from apps.jobs.backends import CHANNEL
from apps.tenants.listener import is_pooled

logger = logging.getLogger("apps.jobs")


class JobListener:
    """A thread that calls `wake` when a job is enqueued. Behind a pooler it ends."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="job-listener")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(2)

    def _run(self) -> None:
        parameters = django_connection.get_connection_params()
        while not self._stopping.is_set():
            try:
                with closing(psycopg2.connect(**parameters)) as connection:
                    self._listen(connection)
            except (psycopg2.Error, OSError) as error:
                logger.warning("Not listening for jobs: %s", error)
            self._stopping.wait(1)

    def _listen(self, connection: psycopg2.extensions.connection) -> None:
        connection.autocommit = True
        if is_pooled(connection):
            logger.info("Not listening for jobs: a pooler shares connections.")
            self._stopping.set()
            return
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        poller = select.poll()
        poller.register(connection, select.POLLIN)
        while not self._stopping.is_set():
            if poller.poll(500):
                connection.poll()
            if connection.notifies:
                connection.notifies.clear()
                self._wake()
