"""What an attack on another shop must not find out, and must not change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tests.factories import make_tenant
from tests.isolation.claims import API_HEADER, Claims, claims_to_be
from tests.isolation.requests import OWNER, Answer, Attacker, ask, draft, send, without
from tests.isolation.scene import fingerprint
from tests.isolation.shops import MarkedShop, Shop
from tests.isolation.values import Kind, kind_of, other_value
from tests.surface import Operation, Slot

NOTHING_CLAIMED = Claims()
REFUSED = {401, 403}
_SERVER_ERROR = 500


class Series:
    """Requests of one operation by one kind of attacker, none of which depends on another.

    What changes something is asked from a new shop each time.
    """

    def __init__(self, operation: Operation, attacker: Attacker, at: Shop | None = None) -> None:
        self.operation = operation
        self.attacker = attacker
        self.at = at
        self._enter()

    def ask(self, chosen: dict[Slot, Any], claims: Claims = NOTHING_CLAIMED) -> Answer:
        if self.operation.writes:
            self._enter()
        request = draft(self.operation, self.home, chosen, claims)
        return ask(request, self.client, self.home)

    def _enter(self) -> None:
        self.home = Shop(make_tenant())
        if self.attacker.role:
            self.home.actor = self.home.somebody(self.attacker.role)
        here = self.home if self.operation.site == "shop" else None
        self.client = self.attacker.client(self.home, self.at or here)


def attack(operation: Operation, attacker: Attacker, victim: MarkedShop) -> list[str]:
    """Try the other shop's values in every place; return what was found out or changed."""
    others = [
        (slot, kind, other_value(operation, slot, kind, victim))
        for slot, kind in attackable(operation)
    ]
    claims = claims_to_be(victim, operation) if attacker.role in {"", "owner"} else {}
    before = fingerprint(victim.tenant)
    series = Series(operation, attacker)
    honest = series.ask({})
    # Whoever may not do it at all may still have been let in too far: one look for all values.
    tries = [others] if honest.status in REFUSED else [[other] for other in others]
    found = [
        *leaks("no value", honest, victim),
        *(finding for each in tries if each for finding in _attack_by_values(series, victim, each)),
        *_attack_by_claims(series, victim, claims, honest),
    ]
    return [*found, *_changes(before, fingerprint(victim.tenant))]


def trespass(operation: Operation, attacker: Attacker, victim: MarkedShop) -> list[str]:
    """Show a token at another shop's host; return what was found out or changed."""
    others = _path_values(operation, victim)
    before = fingerprint(victim.tenant)
    series = Series(operation, attacker, at=victim)
    answers = {"no value": series.ask({}), "other": series.ask(others)}
    found = []
    for what, answer in answers.items():
        # Whose host it is stands in the log, and has to.
        found += leaks(what, answer, victim, told={str(victim.tenant.pk), victim.tenant.code})
        found += [f"{what}: {answer.status}"] if answer.status != 401 else []
    found += differences("other path", answers["other"], answers["no value"])
    return [*found, *_changes(before, fingerprint(victim.tenant))]


def look_at_home(operation: Operation, victim: MarkedShop) -> str:
    """Return what the victim's own owner is shown."""
    others = _path_values(operation, victim)
    request = draft(operation, victim, others, NOTHING_CLAIMED)
    client = victim.keep("client", lambda: OWNER.client(victim, victim))
    return send(request, client).content.decode()


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
    series: Series, victim: MarkedShop, others: list[tuple[Slot, Kind, Any]]
) -> Iterator[str]:
    names = " and ".join(str(slot) for slot, _, _ in others)
    other = series.ask({slot: value for slot, _, value in others})
    never = series.ask({slot: kind.random(value) for slot, kind, value in others})
    yield from leaks(f"other {names}", other, victim)
    yield from leaks(f"random {names}", never, victim)
    if not any(kind.public for _, kind, _ in others):
        yield from differences(f"other {names}", other, never)


def _attack_by_claims(
    series: Series, victim: MarkedShop, claims: dict[str, Claims], honest: Answer
) -> Iterator[str]:
    for spelling, claimed in claims.items():
        if not series.attacker.by_api and claimed.headers:
            claimed.headers[API_HEADER] = victim.tenant.code
        answer = series.ask({}, claimed)
        yield from leaks(f"claim by {spelling}", answer, victim)
        yield from differences(f"claim by {spelling}", answer, honest)


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
