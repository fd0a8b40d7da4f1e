"""The machine and the versions of a run, for its report."""

from __future__ import annotations

import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from bench.database import SERVER_SETTINGS, connected
from bench.environments import PEERS

PACKAGES = ["Django", "djangorestframework", "granian", "psycopg2-binary"]
#: Packages of the peers, by the peer that has it.
PEER_PACKAGES = {
    "drf": "gunicorn",
    "tenants": "django-tenants",
    "multitenant": "django-multitenant",
    "scopes": "django-scopes",
}


def about() -> dict[str, Any]:
    memory = psutil.virtual_memory().total / 2**30
    found = [f"{name} {version(name)}" for name in PACKAGES]
    found += [f"{name} {pinned(peer, name)}" for peer, name in PEER_PACKAGES.items()]
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{processor()}, {psutil.cpu_count()} cores, {memory:.0f} GiB",
        "versions": f"Python {platform.python_version()}, {postgres()}, {', '.join(found)}",
    }


def processor() -> str:
    match = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return match[1] if match else platform.machine()


def pinned(peer: str, package: str) -> str:
    lock = (PEERS / peer / "requirements.txt").read_text()
    match = re.search(rf"^{package}==(\S+)", lock, re.MULTILINE)
    return match[1] if match else "?"


def postgres() -> str:
    with connected() as cursor:
        cursor.execute("SHOW server_version")
        [number] = cursor.fetchone()
    settings = ", ".join(f"{name} {value}" for name, value in SERVER_SETTINGS.items())
    return f"PostgreSQL {number} ({settings})"
