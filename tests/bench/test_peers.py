from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.environments import PEERS
from tests.processes import ROOT

LOCKS = sorted(PEERS.glob("*/requirements.txt"))


def pins_of(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock.read_text(), re.MULTILINE))


@pytest.fixture(params=LOCKS, ids=lambda lock: lock.parent.name)
def lock(request):
    return request.param


def test_every_peer_has_a_lock():
    assert [lock.parent.name for lock in LOCKS] == [
        "bare",
        "drf",
        "multitenant",
        "scopes",
        "tenants",
    ]


def test_lock_names_no_index_and_has_hashes(lock):
    text = lock.read_text()
    pins = re.findall(r"^[\w.-]+==.*$", text.replace("\\\n", " "), re.MULTILINE)

    assert "http" not in text
    assert len(pins) == len(pins_of(lock)) > 4
    assert [pin for pin in pins if not re.search(r"--hash=sha256:[0-9a-f]{64}", pin)] == []


def test_packages_that_we_have_too_are_of_our_version(lock):
    ours, theirs = pins_of(ROOT / "requirements.txt"), pins_of(lock)

    shared = ours.keys() & theirs.keys()
    assert "psycopg2-binary" in shared
    assert {name: theirs[name] for name in shared} == {name: ours[name] for name in shared}


def test_project_has_no_package_of_the_peers():
    ours = pins_of(ROOT / "requirements-dev.txt")

    assert {
        "gunicorn",
        "django-tenants",
        "django-multitenant",
        "django-scopes",
    } & ours.keys() == set()
