"""Compares numbers of worker processes and of requests at once: `python -m bench.server`.

All settings are measured in one run, there and back, so that a machine's mood falls on all of them;
read the ratios. A figure is taken while nothing else runs, as far as waiting helps. Nothing leaves
the loopback, and the database is a throw-away one.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

import psutil

from bench.server.client import load, percentile

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = [(1, 4), (1, 8), (2, 2), (2, 4), (2, 8), (3, 4)]
REFERENCE = (2, 4)
SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
ROUNDS = 4
ATTEMPTS = 4
QUIET = 20.0  # per cent of the machine, used by others

Figures = dict[tuple[tuple[int, int], str], list[tuple[float, float]]]


def main() -> None:
    figures: Figures = {}
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as folder:
        Path(folder).chmod(0o711)
        for number in range(ROUNDS):
            for setting in SETTINGS if number % 2 == 0 else reversed(SETTINGS):
                _measure(setting, Path(folder), figures)
                print(f"measured {setting[0]} x {setting[1]}", file=sys.stderr)
    _print_table(figures)


def _measure(setting: tuple[int, int], folder: Path, figures: Figures) -> None:
    with _serving(setting, folder) as (port, log_in):
        host = {"Host": f"acme.localhost:{port}"}
        token = {**host, "Authorization": f"Bearer {_token(port, host, log_in)}"}
        for name, headers in (("public", host), ("authenticated", token)):
            load(port, "/api/products/", headers, 1)
            for _ in range(ATTEMPTS):
                _wait_for_quiet()
                rate, times = load(port, "/api/products/", headers, SECONDS)
                if _others_use() < QUIET:
                    break
            else:
                print(f"{setting} {name}: measured beside other work", file=sys.stderr)
            figures.setdefault((setting, name), []).append((rate, percentile(times, 0.99)))


def _others_use() -> float:
    return psutil.cpu_percent(interval=0.3)


def _wait_for_quiet() -> None:
    for _ in range(60):
        if _others_use() < QUIET:
            return


@contextmanager
def _serving(setting: tuple[int, int], folder: Path) -> Iterator[tuple[int, dict[str, str]]]:
    workers, slots = setting
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {
        **os.environ,
        "PORT": str(port),
        "DATA_DIR": str(folder),
        "WORKERS": str(workers),
        "BENCH_SLOTS": str(slots),
        "DJANGO_SETTINGS_MODULE": "bench.server.settings",
    }
    log = folder / "serve.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=environ,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        while not _is_ready(port):
            if server.poll() is not None:
                sys.exit(log.read_text())
            time.sleep(0.05)
        time.sleep(1)  # every worker, not just the first
        email, password = re.findall(r"acme\S+  (\S+)  (\S+)", log.read_text())[0]
        yield port, {"email": email, "password": password}
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def _is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _token(port: int, host: dict[str, str], log_in: dict[str, str]) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {**host, "Content-Type": "application/json"}
    connection.request("POST", "/api/auth/login/", json.dumps(log_in), headers)
    token: str = json.load(connection.getresponse())["access"]
    connection.close()
    return token


def _print_table(figures: Figures) -> None:
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, client on the same machine\n")
    columns = ["processes x requests at once"]
    columns += ["public: ratio", "req/s", "p99 ms", "with token: ratio", "req/s", "p99 ms"]
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    for setting in SETTINGS:
        cells = []
        for name in ("public", "authenticated"):
            rate, p99 = (median(values) for values in zip(*figures[setting, name], strict=True))
            reference = median(value for value, _ in figures[REFERENCE, name])
            cells.append(f"{rate / reference:.2f} | {rate:.0f} | {p99 * 1000:.0f}")
        print(f"| {setting[0]} x {setting[1]} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
