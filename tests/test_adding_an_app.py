"""docs/adding-an-app.md, followed from top to bottom in a copy of the project."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import DEADLINE, ROOT, environment, new_folder
from tests.test_docs import blocks

TREE = ("apps", "auth_backends", "middleware", "multitenant", "tests", "docs", "bench")
GUIDE = ROOT / "docs" / "adding-an-app.md"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the app of the guide."""
    copy = tmp_path_factory.mktemp("project")
    for name in TREE:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (
        "manage.py",
        "pyproject.toml",
        "README.md",
        "requirements.txt",
        "requirements-dev.txt",
    ):
        shutil.copy(ROOT / name, copy)
    for folder in ("apps/reviews", "apps/reviews/migrations", "tests/apps/reviews"):
        (copy / folder).mkdir()
        (copy / folder / "__init__.py").touch()
    include, *files = sorted(blocks(GUIDE.read_text(), "python"), key=lambda code: code[0] == "#")
    for code in files:
        (copy / code.splitlines()[0].removeprefix("# ")).write_text(code)
    insert(copy / "multitenant/settings.py", "INSTALLED_APPS = [", '"apps.reviews",')
    insert(copy / "multitenant/urls_shop.py", "urlpatterns = [", include.splitlines()[1])
    insert(copy / "tests/test_architecture.py", '    "apps.products",', '"apps.reviews",')
    return copy


def insert(path: Path, before: str, line: str) -> None:
    text = path.read_text()
    assert text.count(before) == 1, path
    path.write_text(text.replace(before, f"{before}\n    {line.strip()}"))


def test_app_of_the_guide_is_isolated_and_attacked(project: Path) -> None:
    [commands] = blocks(GUIDE.read_text(), "sh")
    commands = commands.replace(".venv/bin/python", sys.executable).replace(
        ".venv/bin/pytest", f"{sys.executable} -m pytest"
    )

    with new_folder() as folder:
        done = subprocess.run(
            ["bash", "-c", f"set -euo pipefail\n{commands}"],
            cwd=project,
            env=environment(DATA_DIR=folder),
            capture_output=True,
            text=True,
            timeout=5 * DEADLINE,
            check=False,
        )

    assert done.returncode == 0, done.stdout + done.stderr
    row = re.search(r"^reviews_review .*$", done.stdout, re.MULTILINE)[0]
    assert re.split(r"  +", row)[1:6] == ["tenant-owned", "1 as declared", "yes", "2", "2"]
    assert "no violation" in done.stdout
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 80
