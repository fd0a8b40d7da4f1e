"""Exit with 1 unless this environment has the packages of a lock file, and they are compatible.

Usage: check_lock.py LOCK
"""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import canonicalize_name

BUNDLED = {"pip", "setuptools"}


def locked(path: Path) -> set[str]:
    """Return `name==version` of each package that the lock has for this platform."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith((" ", "#"))]
    requirements = [Requirement(line.removesuffix("\\")) for line in lines if line]
    return {
        f"{canonicalize_name(requirement.name)}{requirement.specifier}"
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate()
    }


def installed() -> set[str]:
    """Return `name==version` of each installed package, except those of a new environment."""
    found = {canonicalize_name(each.name): each.version for each in metadata.distributions()}
    return {f"{name}=={version}" for name, version in found.items() if name not in BUNDLED}


lock = Path(sys.argv[1])
difference = sorted(locked(lock) ^ installed())
if difference:
    sys.exit(f"The installed packages differ from {lock}: {', '.join(difference)}")
sys.exit(subprocess.run([sys.executable, "-m", "pip", "check"], check=False).returncode)
