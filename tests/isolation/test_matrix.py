"""Every operation, by everybody, with every value of another shop: nothing told, nothing changed.

Made from the URL confs and the OpenAPI documents: an endpoint is attacked from its first day.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.isolation.fixtures import ROWS
from tests.isolation.matrix import (
    AttackClient,
    attack,
    attackable,
    differences,
    leaks,
    read_as_owner,
    show_token_elsewhere,
)
from tests.isolation.requests import (
    ANONYMOUS,
    ATTACKERS,
    OWN,
    OWNER,
    OWNER_BY_API,
    Attacker,
    without,
)
from tests.isolation.shops import CANARY
from tests.isolation.spoofing import spoofs_of
from tests.isolation.values import kind_of
from tests.surface import IMPLIED, SITES, Operation, disagreements, operations, plain_paths

EVERY_OPERATION = [operation for site in SITES for operation in operations(site)]


#: The rights between those of a customer and of an owner.
ROLES_BETWEEN = {"staff", "manager"}


def attackers_of(operation: Operation) -> list[Attacker]:
    """Return the attackers worth trying: a role counts where a token is read."""
    if operation.method in IMPLIED:
        return [OWNER]
    return ATTACKERS if operation.takes_token else [ANONYMOUS, OWNER]


def named(operation: Operation, *attacker: Attacker) -> Any:
    follows = operation.method in IMPLIED or any(a.role in ROLES_BETWEEN for a in attacker)
    return pytest.param(
        *(operation, *attacker),
        id=" ".join(map(str, (operation, *attacker))),
        marks=pytest.mark.exhaustive if follows else (),
    )


@pytest.mark.parametrize("site", SITES)
def test_documents_and_url_confs_agree(site):
    assert [text for urlconf in SITES[site] for text in disagreements(urlconf)] == []


def test_every_value_of_every_operation_is_known():
    unknown = []
    for operation in EVERY_OPERATION:
        for slot in operation.slots:
            try:
                kind_of(operation, slot)
            except LookupError as error:
                unknown.append(str(error))
    assert unknown == []


@pytest.mark.parametrize(
    ("operation", "attacker"),
    [
        named(operation, attacker)
        for operation in EVERY_OPERATION
        for attacker in attackers_of(operation)
    ],
)
def test_attack_finds_nothing_and_changes_nothing(operation, attacker, victim):
    found = attack(operation, attacker, victim)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "operation", [named(operation) for operation in EVERY_OPERATION if operation.takes_token]
)
def test_token_is_refused_at_another_shop(operation, victim):
    for attacker in (OWNER, OWNER_BY_API):
        found = show_token_elsewhere(operation, attacker, victim)
        assert not found, "\n".join(found)


#: Names of both shops in one Host header, as some program might take them apart.
HOSTS_OF_TWO = [
    *("{ours},{theirs}", "{ours} {theirs}", "{theirs}.{ours}", "{ours}.{theirs}"),
    *("{theirs}@{ours}", "{ours}#{theirs}", "{ours}?{theirs}", "{theirs}/{ours}"),
]
READS_OF_A_SHOP = [
    operation
    for operation in operations("shop")
    if operation.method == "get" and operation.path not in plain_paths("platform")
]


def test_platform_serves_no_shop_whatever_is_spoofed(victim):
    for operation in READS_OF_A_SHOP:
        client = AttackClient(replace(operation, site="platform"), OWNER)
        honest = client.ask({})
        assert (str(operation), honest.status) == (str(operation), 404)
        for spoof in spoofs_of(victim, operation).values():
            answer = client.ask({}, spoof)
            assert [*leaks("spoof", answer, victim), *differences("spoof", answer, honest)] == []


@pytest.mark.parametrize("host", HOSTS_OF_TWO)
def test_host_that_names_two_shops_is_neither(host, victim):
    client = AttackClient(READS_OF_A_SHOP[0], OWNER)
    assert client.ask({}).status == 200
    for operation in READS_OF_A_SHOP:
        client = AttackClient(operation, OWNER)
        both = host.format(ours=client.home.host, theirs=victim.host)
        client.http.defaults["HTTP_HOST"] = both
        answer = client.ask({})
        assert answer.status in {400, 404}
        assert [text for text in answer.evidence.values() if CANARY in without(text, [both])] == []


# --- The controls: what is tried could succeed, and what must not be seen is there ----------


@pytest.mark.parametrize("operation", [named(operation) for operation in EVERY_OPERATION])
def test_own_values_work(operation, victim):
    """In one's own shop the request and each of its values are good."""
    client = AttackClient(operation, OWNER)
    answers = {"": client.ask({})}
    for slot, _ in attackable(operation):
        answers[str(slot)] = client.ask({slot: OWN})
    assert {what: a.status for what, a in answers.items() if a.status >= 400} == {}


@pytest.mark.parametrize(
    "operation",
    [
        named(operation)
        for operation in operations("shop")
        if operation.method == "get" and operation.takes_token
    ],
)
def test_shop_sees_its_own_canary(operation, victim):
    assert CANARY in read_as_owner(operation, victim)


@pytest.mark.parametrize("label", ROWS)
def test_canary_is_in_every_row(label, victim):
    assert victim.unmarked_rows(label) == 0
