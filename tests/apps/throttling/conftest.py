from __future__ import annotations

from dataclasses import replace

import pytest

from apps.throttling import lockout
from tests.apps.throttling.hashers import QUICK, CountingHasher
from tests.apps.users.factories import make_user


@pytest.fixture
def quick_hashes(settings, in_acme):
    """Use a fast password hasher, for tests with many attempts."""
    make_user("user@acme.example")  # compute the factory's password hash before
    settings.PASSWORD_HASHERS = QUICK


@pytest.fixture
def hasher(settings):
    settings.PASSWORD_HASHERS = ["tests.apps.throttling.hashers.CountingHasher"]
    CountingHasher.reset()
    return CountingHasher


@pytest.fixture
def long_wait(monkeypatch):
    """Let the first wait of an address not end during a test on a slow machine."""
    limit = lockout.LOGIN_BY_EMAIL
    monkeypatch.setattr(
        lockout, "LOGIN_BY_EMAIL", replace(limit, backoff=(limit.window, limit.window))
    )
