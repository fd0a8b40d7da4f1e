"""pg_dump and pg_restore: which ones, and what they write."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from apps.backups.exceptions import BackupError
from apps.server.embedded import EmbeddedPostgresError, programs_folder

Command = list[str | Path]

#: The first minor versions whose dumps cannot carry somebody else's commands (CVE-2025-8714, 8715).
_FIXED = {13: 22, 14: 19, 15: 14, 16: 10, 17: 6}


def require_program(name: str, server: int) -> Path:
    """Return the oldest program on this machine that is not older than the server.

    A newer one may write what an older server does not understand.
    """
    found = {path: version for path in _candidates(name) if (version := _version(path))}
    wanted = server // 10_000
    fit = [
        (version, path)
        for path, version in found.items()
        if version[0] >= wanted and version[1] >= _FIXED.get(version[0], 0)
    ]
    if not fit:
        seen = ", ".join(f"{'.'.join(map(str, v))} ({path})" for path, v in found.items())
        least = f"{wanted}.{_FIXED[wanted]}" if wanted in _FIXED else str(wanted)
        raise BackupError(
            f"The server is PostgreSQL {wanted}, which needs {name} {least} or later; "
            f"there is {seen or 'none'}. Install postgresql-client-{wanted}, or put it into PATH."
        )
    return min(fit, key=lambda each: each[0])[1]


@contextmanager
def output_of(
    command: Command,
    environment: Mapping[str, str] | None = None,
    stdin: IO[bytes] | None = None,
) -> Iterator[IO[bytes]]:
    """Run a program for the block, which reads what it writes; it may be given a file to read.

    It ends with the block. If it failed, BackupError says what it said.
    """
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
        )
        feeding = threading.Thread(target=_feed, args=(stdin, process.stdin))
        try:
            feeding.start()
            yield process.stdout  # type: ignore[misc]
            code = process.wait()
        finally:
            process.kill()
            process.wait()
            feeding.join()
            process.stdout.close()  # type: ignore[union-attr]
        if code:
            complaints.seek(0)
            said = complaints.read().decode(errors="replace").strip().splitlines()
            raise BackupError(f"{Path(command[0]).name} failed. {said[-1] if said else ''}".strip())


def _feed(source: IO[bytes] | None, sink: IO[bytes] | None) -> None:
    if source is None or sink is None:
        return
    try:
        with sink:
            shutil.copyfileobj(source, sink)
    except BrokenPipeError:
        pass  # it has ended, and its exit code says why


def _candidates(name: str) -> list[Path]:
    """Return the program of the PATH, and the one that comes along with the embedded server."""
    paths = []
    if found := shutil.which(name):
        paths.append(Path(found))
    with suppress(EmbeddedPostgresError):  # an operator with a server of their own needs none
        paths.append(programs_folder() / name)
    return paths


def _version(program: Path) -> tuple[int, int] | None:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)\.(\d+)", said.stdout)
    return (int(found[1]), int(found[2])) if found else None
