"""Generated secrets in the data folder, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def replace_secret(folder: Path, name: str, value: str) -> None:
    """Replace the secret `name` in `folder` atomically."""
    _draft(folder, name, value).replace(folder / name)


def generated_secret(folder: Path, name: str, size: int = 48) -> str:
    """Return the secret `name` in `folder`; the first call generates it from `size` bytes."""
    path = folder / name
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = _draft(folder, name, secrets.token_urlsafe(size))
        try:
            os.link(draft, path)  # unlike a rename, fails if another process was faster
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def _draft(folder: Path, name: str, value: str) -> Path:
    draft = folder / f".{name}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(value)
    return draft
