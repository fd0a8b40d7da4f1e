"""The system user that runs PostgreSQL for root, because PostgreSQL refuses to run as root.

These functions do nothing unless the process runs as root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

SYSTEM_USER = "galleria-postgres"


def ensure_access(*paths: Path) -> None:
    """Create the system user, and let it traverse, but not list, the parent folders of `paths`."""
    if os.geteuid() != 0:
        return
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        report(f"Running as root, which PostgreSQL refuses: adding the system user {SYSTEM_USER}")
        useradd, shell = shutil.which("useradd") or "useradd", shutil.which("nologin")
        options = ["--system", "--no-create-home", "--shell", shell or "/bin/false"]
        subprocess.run([useradd, *options, SYSTEM_USER], check=True)
    for folder in sorted({parent for path in paths for parent in path.parents}):
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & stat.S_IXOTH:
            report(f"Running as root: letting other users traverse {folder} (chmod o+x)")
            folder.chmod(mode | stat.S_IXOTH)


def take_ownership(*paths: Path) -> None:
    """Make the system user the owner of `paths`."""
    if user := _system_user():
        for path in paths:
            os.chown(path, user.pw_uid, user.pw_gid)


def trusted_ids() -> set[int]:
    """Return the ids of the users that may own the socket's folder."""
    user = _system_user()
    return {os.geteuid(), *([user.pw_uid] if user else [])}


def process_options() -> dict[str, Any]:
    """Return the arguments of `subprocess.run` for the system user."""
    user = _system_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def report(message: str) -> None:
    """Print a message to stderr, apart from a command's output."""
    print(message, file=sys.stderr, flush=True)  # noqa: T201 -- before Django sets up its output


def _system_user() -> pwd.struct_passwd | None:
    return pwd.getpwnam(SYSTEM_USER) if os.geteuid() == 0 else None
