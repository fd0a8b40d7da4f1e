"""One script of requests by many threads, each of which visits another shop with every request.

An answer is wrong unless its status, its rows and its texts are just what that shop has; a 5xx and
a broken connection are wrong too. Whatever bears the canary of another shop is a leak.
"""

from __future__ import annotations

import json
import math
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

from tests.proof.shops import Shop
from tests.proof.steps import STEPS, Ask, Visit

THREADS = 16

_CANARY = re.compile(rb"canary-\d{3}")


@dataclass
class Tally:
    """How many answers were got, and what was wrong with those that were."""

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


@dataclass(frozen=True)
class Pass:
    """What lets a client into a shop: a token, and a cursor to the second page of its products."""

    token: str
    cursor: str


class Client:
    """One kept-alive connection to the server, and a thread of the script on it."""

    def __init__(self, port: int, tally: Tally) -> None:
        self.port = port
        self.tally = tally
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self.asked = 0

    def close(self) -> None:
        self.connection.close()

    def ask(self, shop: Shop, ask: Ask, token: str | None) -> tuple[int, bytes, bytes]:
        """Return the status, all the bytes and the body of an answer to this very request."""
        self.asked += 1
        request_id = f"{id(self):x}-{self.asked:08}"
        headers = {"Host": f"{shop.host}:{self.port}", "X-Request-ID": request_id}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if ask.body is not None:
            headers["Content-Type"] = "application/json"
        body = None if ask.body is None else json.dumps(ask.body)
        self.connection.request(ask.method, ask.path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        if response.headers["X-Request-ID"] != request_id:
            raise HTTPException("This is the answer to another request.")
        return response.status, f"{response.headers}\n".encode() + content, content

    def insist(self, shop: Shop, ask: Ask) -> Any:
        """Return an answer's value, after as many refusals as a server that just started gives."""
        for _ in range(30):
            status, _, content = self.ask(shop, ask, None)
            if status == ask.status:
                return json.loads(content)
            assert status in {429, 503}, content
            time.sleep(1)
        raise AssertionError(content)

    def try_out(self, name: str, ask: Ask, visit: Visit, tokens: Mapping[Shop, Pass]) -> None:
        """Ask, and count what is wrong with the answer."""
        shop = visit.shop
        token = None if ask.token_of is None else tokens[ask.token_of].token
        what = f"{name} at {shop.canary}"
        self.tally.requests += 1
        self.tally.steps[name] += 1
        try:
            status, everything, content = self.ask(shop, ask, token)
            is_right = status == ask.status and ask.is_right(json.loads(content))
        except (OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError) as error:
            self.close()
            self.tally.wrong.append(f"{what}: {error!r}")
            return
        if set(_CANARY.findall(everything)) - {shop.canary.encode()}:
            self.tally.leaks.append(f"{what}: {content[:300]!r}")
            is_right = False
        if not is_right:
            self.tally.wrong.append(f"{what}: {status} {content[:300]!r}")


def log_in(port: int, shops: Sequence[Shop], password: str) -> dict[Shop, Pass]:
    """Turn the first page of every shop's products, and log its owner in."""
    passes: dict[Shop, Pass] = {}
    page = Ask("GET", "/api/products/?ordering=added_on&page_size=2", 200)

    def enter(number: int) -> None:
        with closing(Client(port, Tally())) as client:
            for shop in shops[number::THREADS]:
                # First what is cheap: shops that a process has never served share two places.
                found = client.insist(shop, page)
                credentials = {"email": shop.email, "password": password}
                entered = client.insist(shop, Ask("POST", "/api/auth/login/", 200, credentials))
                path = found["next"].partition(f"{shop.host}:{port}")[2]
                passes[shop] = Pass(entered["access"], path)

    in_threads(enter)
    return passes


def drive(
    port: int, shops: Sequence[Shop], passes: Mapping[Shop, Pass], requests: int, run: str
) -> Tally:
    """Play so many requests of the script, or a few more; `run` makes what it creates new."""
    tallies = [Tally() for _ in range(THREADS)]

    def play(number: int) -> None:
        dice, visits, shop = random.Random(number), Counter[Shop](), shops[number]
        with closing(Client(port, tallies[number])) as client:
            for name, step in _script(dice, math.ceil(requests / THREADS)):
                other = shop
                shop = dice.choice([candidate for candidate in shops if candidate is not other])
                visits[shop] += 1
                code = f"{run}-{number}-{visits[shop]}"
                visit = Visit(shop, other, code, passes[shop].cursor, passes[other].cursor)
                client.try_out(name, step(visit), visit, passes)

    start = time.perf_counter()
    in_threads(play)
    return sum(tallies, Tally(seconds=time.perf_counter() - start))


def in_threads(work: Callable[[int], None]) -> None:
    """Do the work in all threads at once; raise the first error of any."""
    errors: list[BaseException] = []

    def do(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=do, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def _script(dice: random.Random, length: int) -> list[tuple[str, Any]]:
    """Return as many steps, all of them equally often, in an order of the dice's."""
    names = list(STEPS) * (length // len(STEPS) + 1)
    dice.shuffle(names)
    return [(name, STEPS[name]) for name in names[:length]]
