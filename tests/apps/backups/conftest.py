from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connections

from apps.tenants.models import Tenant
from tests.apps.backups.files import as_owner, make_shop, run
from tests.processes import environment, variables_of_test_database


@pytest.fixture
def acme(db: None) -> Tenant:
    return make_shop("acme")


@pytest.fixture
def globex(db: None) -> Tenant:
    return make_shop("globex")


@pytest.fixture
def file(acme: Tenant, globex: Tenant, tmp_path: Path) -> Path:
    """A backup of acme, made while globex was there."""
    run("backup", tmp_path / "acme.zip", "--shop", "acme")
    return tmp_path / "acme.zip"


@pytest.fixture
def other_database(db: None) -> Iterator[dict[str, str]]:
    """The variables of a process that works on a database in which there is nothing."""
    name = f"{connections['owner'].settings_dict['NAME']}_other"
    as_owner(f"CREATE DATABASE {name}")
    variables = environment(**variables_of_test_database())
    for role in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        url = urlsplit(variables[role])
        variables[role] = url._replace(path=f"/{name}").geturl()
    yield variables
    as_owner(f"DROP DATABASE {name}")
