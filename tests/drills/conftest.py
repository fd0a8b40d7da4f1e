"""A data folder for the server of a drill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import new_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with new_folder() as folder:
        yield folder
