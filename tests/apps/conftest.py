from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.embedded_postgres.cluster import EmbeddedPostgres
from tests.processes import new_folder


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder for one test."""
    with new_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def shared_dir() -> Iterator[Path]:
    """A data folder for the tests of a module."""
    with new_folder() as folder:
        yield folder


@pytest.fixture
def quick() -> dict[str, str]:
    """Settings for clusters that need not survive the machine."""
    return {"fsync": "off"}


@pytest.fixture(scope="module")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A running cluster for the tests that leave it as it was."""
    with new_folder() as folder:
        cluster = EmbeddedPostgres(folder)
        with cluster.running({"fsync": "off"}):
            yield cluster
