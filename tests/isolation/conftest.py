"""The shop that the attack matrix is after."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from tests.isolation.shops import MarkedShop


@pytest.fixture(scope="module")
def victim(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[MarkedShop]:
    """One for a module: nothing changes it, as every attack proves.

    Committed, for mail is sent by threads that see nothing else. A module with this fixture has
    no test with a separate database, which would be emptied under it.
    """
    with django_db_blocker.unblock():
        yield MarkedShop()
        call_command("flush", verbosity=0, interactive=False, database="owner")
