from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from apps.products.versions import software_version
from apps.server.connection_limits import clients_per_worker
from apps.server.handlers import BoundedWSGIHandler
from apps.server.loopback import ADDRESS
from apps.server.process_signals import exit_with_parent
from apps.tenants.privileges import OWNER_ALIAS

#: Seconds for workers to finish their requests, of the twenty within which the server stops.
DRAIN_SECONDS: Final = 15
HEAD_BYTES: Final = 16 * 1024  # a request line and its headers, together


class Command(BaseCommand):
    """Serve until a SIGTERM.

    The workers are forked from this process, which loads the application once for all of them:
    they share the memory of what they do not change. Those that replace them after a SIGHUP are
    spawned, to load the code that is installed then.
    """

    help = "Serve HTTP: the part of `serve` that runs as the application's role."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if OWNER_ALIAS in connections:
            raise CommandError(
                "Workers may not have the owner's credentials: unset DATABASE_OWNER_URL."
            )
        exit_with_parent()
        _load_application()
        gc.collect()
        gc.freeze()
        server = _server()
        # A fork would keep granian's handler of this process until the worker has started.
        os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))
        server.on_reload(lambda: multiprocessing.set_start_method("spawn", force=True))
        server.serve()


def _load_application() -> None:
    """Import the views of all hosts, and the middleware; name the state of the code."""
    for urlconf in (settings.ROOT_URLCONF, settings.PLATFORM_URLCONF, settings.SHOP_URLCONF):
        import_module(urlconf)
    BoundedWSGIHandler()
    software_version()


def _server() -> Any:
    multiprocessing.set_start_method("fork", force=True)
    # Granian warns of more threads than processors; ours mostly wait (apps/load_shedding).
    logging.getLogger("_granian").addFilter(
        lambda record: "Python threads" not in record.getMessage()
    )
    clients = clients_per_worker()
    return Granian(
        "multitenant.wsgi:application",
        address=ADDRESS,
        port=settings.PORT,
        interface=Interfaces.WSGI,
        workers=settings.WORKERS,
        blocking_threads=settings.THREADS,
        # The limit of a worker; the kernel may queue more.
        backlog=clients,
        backpressure=clients,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=10_000, max_buffer_size=HEAD_BYTES),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=DRAIN_SECONDS,
        log_level=LogLevels.warning,
    )
