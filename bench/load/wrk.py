"""Load by `wrk`, over a list of requests to many shops."""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import IO

CONNECTIONS = 8
THREADS = 2
#: Seconds after which requests that are to be sent once must have been sent.
LONGEST = 120
SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Target:
    """A request to a shop, with a token and an ETag or without; `text` is for its body."""

    host: str
    path: str
    token: str = ""
    etag: str = ""
    text: str = ""

    def headers(self) -> dict[str, str]:
        headers = {"Host": self.host}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.etag:
            headers["If-None-Match"] = self.etag
        return headers


@dataclass(frozen=True)
class Post:
    """A JSON body, in which {text} is the target's and {unique} differs in each request."""

    body: str
    connections: int = CONNECTIONS

    def once(self, target: Target) -> str:
        """Return the body of a single request."""
        return self.body.replace("{text}", target.text).replace("{unique}", "once")


@dataclass(frozen=True)
class Sample:
    """The figures of wrk; times in seconds."""

    requests: int
    seconds: float
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


class LoadFailed(Exception):
    """Responses failed, or had another status than expected."""


def load(
    port: int,
    targets: Iterable[Target],
    seconds: int,
    *,
    post: Post | None = None,
    is_once: bool = False,
) -> Sample:
    """Request the targets in turn for some seconds, or each once; raise LoadFailed."""
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        write_targets(file, targets)
        connections = post.connections if post else CONNECTIONS
        options = [f"-c{connections}", f"-t{THREADS}", f"-d{LONGEST if is_once else seconds}"]
        arguments = [file.name, "once" if is_once else "again", str(THREADS)]
        arguments += ["POST", post.body] if post else ["GET"]
        url = f"http://127.0.0.1:{port}/"
        command = ["wrk", *options, "--timeout", "10s", "-s", str(SCRIPT), url, "--", *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        if is_once:
            for _ in range(THREADS):
                process.stdout.readline()  # each thread prints one when it has finished
            process.send_signal(signal.SIGINT)  # wrk would wait for the time's end
        output, _ = process.communicate()
    if process.returncode:
        raise LoadFailed(output)
    figures = json.loads(output.splitlines()[-1])
    if figures["failed"]:
        raise LoadFailed(output)
    micro = 1e-6
    return Sample(
        figures["requests"],
        figures["microseconds"] * micro,
        figures["p50"] * micro,
        figures["p99"] * micro,
    )


def write_targets(file: IO[str], targets: Iterable[Target]) -> None:
    file.writelines(f"{t.host}\t{t.path}\t{t.token}\t{t.etag}\t{t.text}\n" for t in targets)
    file.flush()


def ask(port: int, target: Target, post: Post | None = None) -> tuple[int, str, bytes]:
    """Send one request; return its status, ETag and body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = target.headers() | ({"Content-Type": "application/json"} if post else {})
    body = post.once(target) if post else None
    try:
        connection.request("POST" if post else "GET", target.path, body, headers)
        response = connection.getresponse()
        return response.status, response.headers.get("ETag", ""), response.read()
    finally:
        connection.close()


def require_status(port: int, target: Target, status: int, post: Post | None = None) -> bytes:
    """Send one request and return the body; raise LoadFailed for another status."""
    found, _, body = ask(port, target, post)
    if found != status:
        raise LoadFailed(f"{target.path} at {target.host}: {found} {body[:500]!r}")
    return body
