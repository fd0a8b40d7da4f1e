"""A short version of `make proof`: responses match the OpenAPI documents."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.apps.users.factories import make_tokens

HOLDING = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
#: The same ones in every run, and few.
short = settings(
    max_examples=3,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


# What schemathesis does inside, and Hypothesis would not.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
# Its client does not close the file of an export.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
@pytest.mark.parametrize("who", ["owner", "anonymous"])
@pytest.mark.parametrize(("host", "operations"), [("localhost", 3), ("acme.localhost", 67)])
def test_document_holds(owner, who, host, operations):
    headers = {"Host": f"{host}:8000"}
    schema = schemathesis.openapi.from_wsgi("/api/schema/", WSGIHandler(), headers=headers)
    every = [found.ok() for found in schema.get_all_operations()]
    assert len(every) == operations
    for operation in every:

        @short
        @given(case=operation.as_strategy())
        def holds(case):
            if who == "owner":  # who may just have logged out
                headers["Authorization"] = f"Bearer {make_tokens(owner)['access']}"
            case.call_and_validate(headers=headers, checks=HOLDING)

        holds()
