"""One script of requests by many threads, each of which goes to another shop with every request.

An answer is wrong unless its status, its rows and its texts are just what that shop has; a 5xx and
a broken connection are wrong too. An answer with the canary of another shop is a leak.
"""

from __future__ import annotations

import math
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import count
from typing import Any

from tests.load.clients import Client
from tests.load.parallel import in_parallel
from tests.load.requests import Request, Response
from tests.proof.shops import Shop
from tests.proof.steps import STEPS, Expectation, Target

THREADS = 16

_CANARY = re.compile(rb"canary-\d{3}")
_request_ids = count(1)


@dataclass
class Tally:
    """The number of responses, and the failures among them."""

    requests: int = 0
    seconds: float = 0.0
    steps: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    def __add__(self, after: Tally) -> Tally:
        return Tally(
            self.requests + after.requests,
            self.seconds + after.seconds,
            self.steps + after.steps,
            self.wrong + after.wrong,
            self.leaks + after.leaks,
        )

    def check(
        self, client: Client, name: str, expected: Expectation, target: Target, token: str | None
    ) -> None:
        """Send a request, and count what is wrong with the answer."""
        shop = target.shop
        what = f"{name} at {shop.canary}"
        self.requests += 1
        self.steps[name] += 1
        try:
            response = _send(client, shop, expected, token)
            is_right = response.status == expected.status and expected.is_right(response.json())
        except (OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError) as error:
            client.close()
            self.wrong.append(f"{what}: {error!r}")
            return
        text = f"{what}: {response.status} {response.body[:300]!r}"
        everything = f"{response.headers}\n".encode() + response.body
        if set(_CANARY.findall(everything)) - {shop.canary.encode()}:
            self.leaks.append(text)
            is_right = False
        if not is_right:
            self.wrong.append(text)


@dataclass(frozen=True)
class Credentials:
    """The credentials of a client in a shop, and a cursor to the second page of its products."""

    token: str
    cursor: str


def log_in(port: int, shops: Sequence[Shop], password: str) -> dict[Shop, Credentials]:
    """Turn the first page of every shop's products, and log its owner in."""
    passes: dict[Shop, Credentials] = {}
    page = Expectation("GET", "/api/products/?ordering=added_on&page_size=2", 200)

    def enter(number: int) -> None:
        with closing(Client(port, resends=False)) as client:
            for shop in shops[number::THREADS]:
                # First what is cheap: shops that a process has never served share two places.
                found = _send_until_accepted(client, shop, page)
                credentials = {"email": shop.email, "password": password}
                entered = _send_until_accepted(
                    client, shop, Expectation("POST", "/api/auth/login/", 200, credentials)
                )
                path = found["next"].partition(f"{shop.host}:{port}")[2]
                passes[shop] = Credentials(entered["access"], path)

    in_parallel(THREADS, enter)
    return passes


def drive(
    port: int, shops: Sequence[Shop], passes: Mapping[Shop, Credentials], requests: int, run: str
) -> Tally:
    """Play so many requests of the script, or a few more; `run` makes what it creates new."""
    seeds = [random.random() for _ in range(THREADS)]

    def play(number: int) -> Tally:
        tally, rng, visits = Tally(), random.Random(seeds[number]), Counter[Shop]()
        shop = shops[number]
        with closing(Client(port, resends=False)) as client:
            for name, step in _script(rng, math.ceil(requests / THREADS)):
                other = shop
                shop = rng.choice([candidate for candidate in shops if candidate is not other])
                visits[shop] += 1
                code = f"{run}-{number}-{visits[shop]}"
                target = Target(shop, other, code, passes[shop].cursor, passes[other].cursor)
                expected = step(target)
                token = None if expected.token_of is None else passes[expected.token_of].token
                tally.check(client, name, expected, target, token)
        return tally

    start = time.perf_counter()
    tallies = in_parallel(THREADS, play)
    return sum(tallies, Tally(seconds=time.perf_counter() - start))


def _send(client: Client, shop: Shop, expected: Expectation, token: str | None = None) -> Response:
    """Return the answer to this very request."""
    request_id = f"traffic-{next(_request_ids):08}"
    headers = {"X-Request-ID": request_id}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    response = client.send(
        Request(shop.host, expected.path, expected.method, expected.body, headers)
    )
    if response.headers["X-Request-ID"] != request_id:
        raise HTTPException("This is the answer to another request.")
    return response


def _send_until_accepted(client: Client, shop: Shop, expected: Expectation) -> Any:
    """Return an answer's value, after as many refusals as a server that just started gives."""
    for _ in range(30):
        response = _send(client, shop, expected)
        if response.status == expected.status:
            return response.json()
        assert response.status in {429, 503}, response.body
        time.sleep(1)
    raise AssertionError(response.body)


def _script(rng: random.Random, length: int) -> list[tuple[str, Callable[[Target], Expectation]]]:
    """Return as many steps, all of them equally often, in random order."""
    names = list(STEPS) * (length // len(STEPS) + 1)
    rng.shuffle(names)
    return [(name, STEPS[name]) for name in names[:length]]
