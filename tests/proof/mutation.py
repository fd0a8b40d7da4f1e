"""A pytest plugin that applies one mutant and records the first test that fails.

Reads from the environment MUTANT, a mutant's name (or "none"), and VERDICT, the file to write to.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connections
from pytest_django import DjangoDbBlocker

from apps.embedded_postgres.roles import SUPERUSER

if TYPE_CHECKING:
    from tests.proof.mutants.mutant import Mutant


def pytest_configure(config: pytest.Config) -> None:
    """Patch the code before any test is imported."""
    if mutant := _mutant():
        mutant.apply(pytest.MonkeyPatch())


@pytest.fixture(scope="session", autouse=True)
def _broken_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    mutant = _mutant()
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
            # An error in a fixture, or other than a failed assertion, proves nothing.
            "has_noticed": report.when == "call"
            and isinstance(failure, AssertionError | pytest.fail.Exception),
            "words": call.excinfo.exconly()[:500],
        }
        verdict.write_text(json.dumps(facts))
    return report


def _mutant() -> Mutant | None:
    from tests.proof.mutants import MUTANTS  # once Django is set up

    return MUTANTS.get(os.environ["MUTANT"])
