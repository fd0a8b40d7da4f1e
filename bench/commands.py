"""The commands of servers, and programs that print their result."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

WORKERS, THREADS = 2, 4


def inherited() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def last_line(
    command: Sequence[str | Path], environment: dict[str, str], folder: Path, text: str = ""
) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        input=text,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[-1]


def gunicorn(application: str, port: int) -> list[str]:
    return [
        *("gunicorn", application, f"--bind=127.0.0.1:{port}", f"--workers={WORKERS}"),
        *("--worker-class=gthread", f"--threads={THREADS}"),
    ]


def granian(application: str, port: int) -> list[str]:
    """Return the command with the options of this project's `serve`."""
    return [
        *("granian", application, "--interface=wsgi", f"--port={port}", f"--workers={WORKERS}"),
        *(f"--blocking-threads={settings.THREADS}", f"--backlog={settings.CLIENTS}"),
        *(f"--backpressure={settings.CLIENTS}", "--http=1", "--no-ws", "--log-level=warning"),
    ]
