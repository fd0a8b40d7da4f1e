from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from apps.products.images.child import rendition_widths
from apps.products.images.exceptions import BrokenImage

TIMEOUT: Final = 60.0
_CHILD: Final = Path(__file__).with_name("child.py")

__all__ = ["Renditions", "render", "rendition_widths"]


@dataclass(frozen=True)
class Renditions:
    """The size of an image, upright, its average colour, and the widths of its renditions."""

    width: int
    height: int
    color: str
    widths: list[int]


def render(source: Path, folder: Path) -> Renditions:
    """Encode an image anew as `<width>.webp` in `folder`; raise BrokenImage.

    A decoder may crash or be exploited, so it runs in a separate process, with limits on time and
    memory and without the project's environment.
    """
    command = [sys.executable, "-I", str(_CHILD), str(source), str(folder)]
    try:
        child = subprocess.run(command, env={}, capture_output=True, timeout=TIMEOUT, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise BrokenImage from error
    return Renditions(**json.loads(child.stdout))
