"""The controls of the attack matrix: on a site that leaks, it finds each leak."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.isolation.matrix import attack, show_token_elsewhere
from tests.isolation.requests import OWNER
from tests.isolation.shops import CANARY
from tests.isolation.values import kind_of
from tests.surface import disagreements, operations_of

LEAKY = "tests.isolation.urls_leaky"
OPERATIONS = {str(found): found for found in operations_of(LEAKY, "shop")}

#: What the matrix has to say of each view, and nothing else.
LEAKS = {
    "GET /in-body/{pk}/": {f"other path pk: body holds {CANARY}", "other path pk: body tells"},
    "GET /in-header/{pk}/": {
        f"other path pk: header holds {CANARY}",
        "other path pk: headers tells",
    },
    "GET /in-log/{pk}/": {f"other path pk: log holds {CANARY}"},
    "GET /in-mail/{pk}/": {f"other path pk: mail holds {CANARY}"},
    "GET /in-status/{pk}/": {"other path pk: status tells", "other path pk: body tells"},
    "GET /in-table/{pk}/": {"changed: products"},
    "GET /in-failure/{pk}/": {
        "other path pk: 500",
        f"other path pk: log holds {CANARY}",
        "other path pk: status tells",
        "other path pk: headers tells",
        "other path pk: body tells",
    },
    "GET /by-header/": {f"spoof by code: body holds {CANARY}", "spoof by code: body tells"},
    "GET /by-query/": {f"other query code: body holds {CANARY}", "other query code: body tells"},
    "GET /by-header-parameter/": {
        f"other header code: body holds {CANARY}",
        "other header code: body tells",
    },
    "GET /by-cookie/": {f"other cookie code: body holds {CANARY}", "other cookie code: body tells"},
    "POST /upload/": {f"other body file: body holds {CANARY}", "other body file: body tells"},
    "POST /import/": {"other body rows/0/code: body tells"},
}


@pytest.fixture(autouse=True)
def _leaky_site() -> Iterator[None]:
    with override_settings(SHOP_URLCONF=LEAKY):
        yield


@pytest.mark.parametrize("name", LEAKS)
def test_leak_is_found(name, victim):
    found = attack(OPERATIONS[name], OWNER, victim)
    assert {text.partition(" tells: ")[0] + " tells" * (" tells: " in text) for text in found} == (
        LEAKS[name]
    )


def test_view_that_takes_any_token_is_found(victim):
    found = show_token_elsewhere(OPERATIONS["GET /by-header/"], OWNER, victim)
    assert found == ["no value: 200", "other: 200"]


def test_undeclared_value_is_refused():
    operation = OPERATIONS["POST /unknown-value/"]
    with pytest.raises(LookupError, match="POST /unknown-value/ takes body"):
        [kind_of(operation, slot) for slot in operation.slots]


def test_route_that_no_document_names_is_found():
    assert disagreements(LEAKY) == ["GET /undocumented/ is in no document"]
