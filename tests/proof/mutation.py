"""A pytest plugin for one run of a mutant: breaks the test database, and says which test noticed.

Given by the environment: MUTANT, its name, and VERDICT, the file to write the first failure to.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connections
from pytest_django import DjangoDbBlocker

from apps.server.embedded import SUPERUSER
from tests.proof.mutants import MUTANTS


@pytest.fixture(scope="session", autouse=True)
def _broken_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    mutant = MUTANTS.get(os.environ["MUTANT"])
    if mutant is None or not mutant.sql:
        return
    with django_db_blocker.unblock():
        name = connections["owner"].settings_dict["NAME"]
        connection = psycopg2.connect(settings.EMBEDDED_POSTGRES.url(SUPERUSER), dbname=name)
        connection.autocommit = True
        connection.cursor().execute(mutant.sql)
        connection.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, Any]:
    report = yield
    verdict = Path(os.environ["VERDICT"])
    if report.failed and not verdict.exists():
        failure = call.excinfo.value
        facts = {
            "test": item.nodeid,
            # An error in what surrounds a test, or of the test itself, shows nothing.
            "has_noticed": report.when == "call"
            and isinstance(failure, AssertionError | pytest.fail.Exception),
            "words": call.excinfo.exconly()[:500],
        }
        verdict.write_text(json.dumps(facts))
    return report
