"""Requests that a client without a token makes as costly as it can."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote
from uuid import UUID

from tests.surface import SITES, Operation, Slot, operations

HEAD_BYTES = 15_000  # the server refuses a request line and headers of over 16 kB
BODY_BYTES = 1_000_000
HOSTS = {"shop": "acme.localhost:8000", "platform": "localhost:8000"}


def repeated(unit: str, size: int, *, begin: str = "", end: str = "") -> str:
    """Return `unit`, again and again, in at most `size` bytes of UTF-8."""
    room = size - len((begin + end).encode())
    return begin + unit * (room // len(unit.encode())) + end


#: Each makes some careless expression, split or normalisation take quadratic time.
SHAPES: dict[str, Callable[[int], str]] = {
    "letters": partial(repeated, "a"),
    "digits": partial(repeated, "9"),
    "spaces": partial(repeated, " ", begin="a", end="a"),
    "quotes": partial(repeated, '"'),
    "escaped quotes": partial(repeated, '\\"', begin='"'),
    "brackets": partial(repeated, '[{"":', end="]"),
    "commas": partial(repeated, "a/b,"),
    "semicolons": partial(repeated, 'a="b";'),
    "bare semicolons": partial(repeated, ";", begin='a/b;"'),
    "quoted semicolons": partial(repeated, '\\";', begin='a/b;"'),
    "dots": partial(repeated, "a.", end="!"),
    "hyphens": partial(repeated, "a-", end="!"),
    "addresses": partial(repeated, "a@", end="x.example"),
    "labels": partial(repeated, "\N{LATIN SMALL LETTER U WITH DIAERESIS}.", begin="a@"),
    "percent signs": partial(repeated, "%25"),
    "marks": partial(repeated, "\u0301\u0316", begin="a"),
    "slashes": partial(repeated, "/a:"),
}

#: What any program in front, or we, may read of any request.
HEADERS = [
    *("Accept", "Accept-Language", "Access-Control-Request-Headers", "Authorization"),
    *("Content-Type", "Cookie", "Host", "If-Match", "If-None-Match", "Origin", "Range"),
    *("Referer", "Tenant-Code", "User-Agent", "X-Forwarded-For", "X-Request-ID"),
]
QUERY = ["cursor", "format", "lang", "next", "ordering", "page_size", "search", "version"]


@dataclass(frozen=True)
class Hostile:
    """One request: where in it which shape is."""

    operation: Operation
    place: str
    shape: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __str__(self) -> str:
        return f"{self.operation}, {self.shape} in {self.place}"


def hostile_requests() -> Iterator[Hostile]:
    """Yield each operation with each shape in each place, one at a time."""
    every = {str(found): found for site in SITES for found in operations(site)}
    for operation in every.values():
        if operation.method in {"head", "options"}:  # they do what GET does, and less
            continue
        for shape, make in SHAPES.items():
            yield from _with_shape(operation, shape, make)


def _with_shape(operation: Operation, shape: str, make: Callable[[int], str]) -> Iterator[Hostile]:
    path = operation.path.format(
        **{s.name: UUID(int=7) for s in operation.slots if s.where == "path"}
    )
    request = partial(Hostile, operation, shape=shape)
    short = make(HEAD_BYTES)
    yield request("path", path=f"{path}{quote(short[: HEAD_BYTES // 6], safe='/:.-@')}")
    named = {slot.name for slot in operation.slots if slot.where == "query"}
    for name in sorted({*QUERY, *named}):
        text = quote(short, safe="")[:HEAD_BYTES]
        yield request(f"?{name}=", path=path, query=f"{name}={text}")
    for name in HEADERS:
        # As servers hand headers to WSGI: bytes, read as Latin-1.
        header = short.encode()[:HEAD_BYTES].decode("latin-1")
        yield request(name, path=path, headers={name: header})
    if operation.writes:
        yield request("the body", path=path, body=make(BODY_BYTES).encode())
        for slot in operation.slots:
            if slot.where == "body":
                body = json.dumps(_filled(slot, make(BODY_BYTES // 2)))[:BODY_BYTES]
                yield request(f"field {slot.name}", path=path, body=body.encode())


def _filled(slot: Slot, text: str) -> Any:
    value: Any = text
    for name in reversed(slot.name.split("/")):
        value = [value] if name.isdigit() else {name: value}
    return value
