"""Other processes of the project, on the database of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connections


def database_url(alias: str) -> str:
    """Return the URL of the test database for the role of `alias`."""
    config = connections[alias].settings_dict
    host = config["HOST"] or config["OPTIONS"].get("host", "")
    place = quote(config["HOST"]) + (f":{config['PORT']}" if config["PORT"] else "")
    query = "" if config["HOST"] else "?" + urlencode({"host": host}, safe="/")
    user = f"{quote(config['USER'])}:{quote(config['PASSWORD'], safe='')}"
    return f"postgres://{user}@{place}/{config['NAME']}{query}"


def environment(role: str = "default") -> dict[str, str]:
    """Return what makes a process serve the test database, as the role of an alias."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "multitenant.settings",
        "BASE_DOMAIN": settings.BASE_DOMAIN,
        "DATA_DIR": str(settings.DATA_DIR),
        "DATABASE_URL": database_url(role),
        "DATABASE_OWNER_URL": database_url("owner"),
    }


def manage(*arguments: str, role: str = "default") -> subprocess.CompletedProcess[str]:
    """Run a management command in a process of its own."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.ROOT_DIR,
        env=environment(role),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def start_python(program: str, **options: Any) -> subprocess.Popen[str]:
    """Start a program that may use the project; talk to it by its standard streams."""
    return subprocess.Popen(
        [sys.executable, "-c", f"import django\ndjango.setup()\n{program}"],
        cwd=settings.ROOT_DIR,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        **options,
    )
