from __future__ import annotations

from typing import Any

import pytest

from tests.apps.jobs import tasks


@pytest.fixture
def seen() -> list[Any]:
    """The values that the tasks of this test note."""
    tasks.seen.clear()
    return tasks.seen
