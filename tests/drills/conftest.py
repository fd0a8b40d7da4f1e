"""A data folder for the server of a drill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Server, new_folder

Server.worker_count = 2


@pytest.fixture
def folder() -> Iterator[Path]:
    with new_folder() as folder:
        yield folder
