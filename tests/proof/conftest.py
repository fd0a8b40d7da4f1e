"""A real server with two shops, as what attacks it from outside finds it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.processes import Server, manage, new_folder, serving

PASSWORD = "wheel-and-slow-clay"
Server.worker_count = 2


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with new_folder() as folder, serving(folder, DEMO=0, TRUSTED_PROXIES=1) as running:
        for code in ("acme", "globex"):
            done = manage(
                *("create_shop", code, code.title(), f"owner@{code}.example"),
                DATA_DIR=folder,
                OWNER_PASSWORD=PASSWORD,
            )
            assert done.returncode == 0, done.stderr
        yield running
