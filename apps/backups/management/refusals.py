"""How a refusal, ours or PostgreSQL's, reaches the operator: as a sentence."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from django.core.management.base import CommandError
from django.db import Error

from apps.backups.exceptions import BackupError

_TERMINATED = 128 + signal.SIGTERM


@contextmanager
def as_command_errors() -> Iterator[None]:
    try:
        yield
    except BackupError as error:
        raise CommandError(str(error)) from error
    except SystemExit as error:
        # A server ends well by SIGTERM; a backup does not.
        raise CommandError("Stopped before the end.", returncode=_TERMINATED) from error
    except (Error, psycopg2.Error) as error:
        # What follows the first line is context, and may be somebody's row.
        raise CommandError(f"PostgreSQL refused: {str(error).splitlines()[0]}") from error
