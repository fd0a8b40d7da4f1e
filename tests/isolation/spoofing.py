"""Spoofed parameters and headers that name another shop, none of which the site reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.isolation.shops import MarkedShop
from tests.isolation.values import label_of, related_names
from tests.surface import Operation

NAMES = [
    *("id", "host", "shop", "shop_id"),
    *("tenant", "tenant_id", "tenant__id", "tenant__code"),
]

#: Header by header, with the shop in the place of the braces.
HEADERS = {
    "X-Tenant-ID": "{}",
    "X-Tenant": "{}",
    "X-Forwarded-Host": "{}",
    "X-Forwarded-For": "{}",
    "X-Forwarded-Server": "{}",
    "X-Host": "{}",
    "X-Original-Host": "{}",
    "X-Original-URL": "http://{}/api/shop/",
    "X-Rewrite-URL": "http://{}/api/shop/",
    "X-HTTP-Host-Override": "{}",
    "Forwarded": "host={}",
    "Tenant": "{}",
    "Cookie": "tenant={0}; sessionid={0}",
    "Referer": "http://{}/",
    "Origin": "http://{}",
}

#: Names the shop at one host, and at no other.
API_HEADER = "Tenant-Code"

#: The page links to its own script by the address that it was asked for, query and all.
REPEATS_ITS_QUERY = {"/api/docs/"}


@dataclass(frozen=True)
class Spoof:
    """Values that no operation takes, for the query, the body and the headers."""

    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def spoofs_of(victim: MarkedShop, operation: Operation) -> dict[str, Spoof]:
    """Return spoofs that name the other shop, by the spelling of its name."""
    spellings = {"id": str(victim.tenant.pk), "code": victim.tenant.code, "host": victim.host}
    rows = _rows(victim, operation)
    # Filters work on single rows, too, though no document says so.
    filters = getattr(getattr(operation.view, "cls", None), "filterset_fields", ())
    taken = {slot.name for slot in operation.slots} | set(filters)
    spoofs = {}
    for spelling, text in spellings.items():
        values = {**dict.fromkeys(NAMES, text), **rows}
        values = {name: value for name, value in values.items() if name not in taken}
        spoofs[spelling] = Spoof(
            query={} if operation.path in REPEATS_ITS_QUERY else values,
            body=values,
            headers={name: value.format(text) for name, value in HEADERS.items()},
        )
    if operation.writes and operation.takes_json:
        spoofs["nested"] = Spoof(body=dict.fromkeys(NAMES, spellings))
    return spoofs


def _rows(victim: MarkedShop, operation: Operation) -> dict[str, str]:
    """Return rows of the other shop in the place of the one that is served, and of its own."""
    label = label_of(operation)
    if not label:
        return {}
    row = victim.row(label)
    return {"id": row, "pk": row} | dict.fromkeys(related_names(operation), str(victim.actor.pk))
