#!/usr/bin/env python
"""Run a management command, and the embedded PostgreSQL if it is the database."""

import os
import signal
import sys
from contextlib import nullcontext

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from apps.embedded_postgres.programs import EmbeddedPostgresError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multitenant.settings")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        postgres = settings.EMBEDDED_POSTGRES
    except ImproperlyConfigured as error:
        sys.exit(f"Refusing to start: {error}")
    try:
        with postgres.running() if postgres else nullcontext():
            execute_from_command_line(sys.argv)
    except EmbeddedPostgresError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
