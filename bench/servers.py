"""Servers of the contestants: started on a free port of the loopback, and stopped by their id."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.load.wrk import Target

DEADLINE = 60.0


class NotStarted(Exception):
    """A server ended or did not respond; the message is its output."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A process that serves at `port` once it answers `probe` with 200."""

    command: Sequence[str | Path]
    port: int
    probe: Target
    environment: Mapping[str, str]
    folder: Path
    log: Path
    process: Any = None

    def start(self) -> float:
        """Start the server; return the seconds until the first response to `probe`."""
        started = time.perf_counter()
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while not self._is_up():
            late = time.perf_counter() - started > DEADLINE
            if late or self.process.poll() is not None:
                self.stop()
                raise NotStarted(self.log.read_text())
            time.sleep(0.01)
        return time.perf_counter() - started

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @property
    def pid(self) -> int:
        return int(self.process.pid)

    def _is_up(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", self.probe.path, headers=self.probe.headers())
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()
