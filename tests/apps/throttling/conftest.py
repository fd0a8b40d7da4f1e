from __future__ import annotations

import pytest

from tests.apps.throttling.hashers import QUICK, CountingHasher
from tests.apps.users.factories import make_user


@pytest.fixture
def quick_hashes(settings, in_acme):
    """For tests of many tries: what a hash costs is not what they are about."""
    make_user("somebody@acme.example")  # so that everybody's password has its hash by now
    settings.PASSWORD_HASHERS = QUICK


@pytest.fixture
def hasher(settings):
    settings.PASSWORD_HASHERS = ["tests.apps.throttling.hashers.CountingHasher"]
    CountingHasher.reset()
    return CountingHasher
