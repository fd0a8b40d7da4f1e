"""Attacks on another shop, and the leaks and changes that they must not cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tests.apps.tenants.factories import make_tenant
from tests.isolation.fixtures import fingerprint
from tests.isolation.requests import OWNER, Answer, Attacker, ask, draft, send, without
from tests.isolation.shops import MarkedShop, Shop
from tests.isolation.spoofing import API_HEADER, Spoof, spoofs_of
from tests.isolation.values import Kind, kind_of, other_value
from tests.surface import Operation, Slot

NO_SPOOF = Spoof()
REFUSED = {401, 403}
_SERVER_ERROR = 500


class AttackClient:
    """A client that sends one operation as one kind of attacker.

    No request depends on another: what changes something is sent from a new shop each time.
    """

    def __init__(self, operation: Operation, attacker: Attacker, at: Shop | None = None) -> None:
        self.operation = operation
        self.attacker = attacker
        self.at = at
        self._enter()

    def ask(self, chosen: dict[Slot, Any], spoof: Spoof = NO_SPOOF) -> Answer:
        if self.operation.writes:
            self._enter()
        request = draft(self.operation, self.home, chosen, spoof)
        return ask(request, self.http, self.home)

    def _enter(self) -> None:
        self.home = Shop(make_tenant())
        if self.attacker.role:
            self.home.actor = self.home.new_user(self.attacker.role)
        here = self.home if self.operation.site == "shop" else None
        self.http = self.attacker.client(self.home, self.at or here)


def attack(operation: Operation, attacker: Attacker, victim: MarkedShop) -> list[str]:
    """Try the other shop's values in every place; return what was found out or changed."""
    others = [
        (slot, kind, other_value(operation, slot, kind, victim))
        for slot, kind in attackable(operation)
    ]
    spoofs = spoofs_of(victim, operation) if attacker.role in {"", "owner"} else {}
    before = fingerprint(victim.tenant)
    client = AttackClient(operation, attacker)
    honest = client.ask({})
    # A refused operation is tried once with all values, in case it is refused too late. So is one
    # at the API's host, where only the choice of the shop differs.
    is_tried_once = honest.status in REFUSED or attacker.by_api
    tries = [others] if is_tried_once else [[other] for other in others]
    found = [
        *leaks("no value", honest, victim),
        *(finding for each in tries if each for finding in _attack_by_values(client, victim, each)),
        *_attack_by_spoofs(client, victim, spoofs, honest),
    ]
    return [*found, *_changes(before, fingerprint(victim.tenant))]


def show_token_elsewhere(operation: Operation, attacker: Attacker, victim: MarkedShop) -> list[str]:
    """Send a token to another shop's host; return all but a plain 401, and what was changed."""
    others = _path_values(operation, victim)
    before = fingerprint(victim.tenant)
    client = AttackClient(operation, attacker, at=victim)
    answers = {"no value": client.ask({}), "other": client.ask(others)}
    found = []
    for what, answer in answers.items():
        # Whose host it is stands in the log, and has to.
        found += leaks(what, answer, victim, told={str(victim.tenant.pk), victim.tenant.code})
        found += [f"{what}: {answer.status}"] if answer.status != 401 else []
    found += differences("other path", answers["other"], answers["no value"])
    return [*found, *_changes(before, fingerprint(victim.tenant))]


def read_as_owner(operation: Operation, victim: MarkedShop) -> str:
    """Return what the victim's owner gets."""
    needed = {
        slot: other_value(operation, slot, kind, victim)
        for slot, kind in attackable(operation)
        if slot.where == "query" and slot.is_required
    }
    others = _path_values(operation, victim) | needed
    request = draft(operation, victim, others, NO_SPOOF)
    client = victim.keep("client", lambda: OWNER.client(victim, victim))
    return send(request, client).getvalue().decode()


def attackable(operation: Operation) -> list[tuple[Slot, Kind]]:
    """Return the slots that take what belongs to a shop."""
    kinds = [(slot, kind_of(operation, slot)) for slot in operation.slots]
    return [(slot, kind) for slot, kind in kinds if isinstance(kind, Kind)]


def _path_values(operation: Operation, victim: MarkedShop) -> dict[Slot, Any]:
    return {
        slot: other_value(operation, slot, kind, victim)
        for slot, kind in attackable(operation)
        if slot.where == "path"
    }


def _attack_by_values(
    client: AttackClient, victim: MarkedShop, others: list[tuple[Slot, Kind, Any]]
) -> Iterator[str]:
    names = " and ".join(str(slot) for slot, _, _ in others)
    other = client.ask({slot: value for slot, _, value in others})
    never = client.ask({slot: kind.random(value) for slot, kind, value in others})
    yield from leaks(f"other {names}", other, victim)
    yield from leaks(f"random {names}", never, victim)
    if not any(kind.public for _, kind, _ in others):
        yield from differences(f"other {names}", other, never)


def _attack_by_spoofs(
    client: AttackClient, victim: MarkedShop, spoofs: dict[str, Spoof], honest: Answer
) -> Iterator[str]:
    for spelling, spoof in spoofs.items():
        if not client.attacker.by_api and spoof.headers:
            spoof.headers[API_HEADER] = victim.tenant.code
        answer = client.ask({}, spoof)
        yield from leaks(f"spoof by {spelling}", answer, victim)
        yield from differences(f"spoof by {spelling}", answer, honest)


def leaks(what: str, answer: Answer, victim: MarkedShop, told: Iterable[str] = ()) -> Iterator[str]:
    if answer.status >= _SERVER_ERROR:
        yield f"{what}: {answer.status}"
    for place, said in answer.evidence.items():
        unexpected = without(said, told)
        if leaked := [secret for secret in victim.secrets if secret in unexpected]:
            yield f"{what}: {place} holds {max(leaked)}"


def differences(what: str, answer: Answer, expected: Answer) -> Iterator[str]:
    for name in ("status", "headers", "body"):
        got, wanted = getattr(answer, name), getattr(expected, name)
        if got != wanted:
            yield f"{what}: {name} tells: {got!r} and not {wanted!r}"


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [f"changed: {table}" for table in before if before[table] != after[table]]
