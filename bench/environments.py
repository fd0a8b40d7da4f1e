"""The Python environment of each peer, with the packages of its lock file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from django.conf import settings

PEERS = Path(__file__).parent / "peers"


def python_of(peer: str) -> Path:
    """Return the interpreter of a peer's environment, which is made if its lock file is newer."""
    return _python_with(PEERS / peer / "requirements.txt", peer)


def python_of_ours() -> Path:
    """Return the interpreter of an environment without the packages of tests."""
    return _python_with(settings.ROOT_DIR / "requirements.txt", "galleria")


def _python_with(lock: Path, peer: str) -> Path:
    folder = settings.DATA_DIR / "environments" / peer
    stamp = folder / "requirements.txt"
    python = folder / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != lock.read_text():
        print(f"Installing the packages of {peer} (once)", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps"]
        options += ["--only-binary", ":all:", "-r", str(lock)]
        subprocess.run([python, "-m", "pip", "install", *options], check=True)
        stamp.write_text(lock.read_text())
    return python


def path_of(peer: str) -> str:
    """Return the PYTHONPATH of a peer: its folder, and that of what peers share."""
    return f"{PEERS / peer}:{PEERS}"
