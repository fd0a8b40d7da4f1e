"""Who is served now, who waits, and who is turned away: fair between shops, in one process.

Serving more at once than the processor can is slower for all, and first come, first served gives
everything to whoever asks most. So places are few, a shop holds one, or a second where the first
is held for long, and no network holds all. A free one goes to the network that holds the fewest,
and there to the shop that does. Where too many wait, the network that waits most gives way, and
among equals the shop.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from apps.throttling.exceptions import ServerIsBusy, ShopIsBusy, TurnedAway


@dataclass
class Line:
    """One key's requests: how many hold a place, how many gave theirs back, and who waits."""

    held: int = 0
    served_at: float = 0.0  # when the newest of them got its place
    done: int = 0
    waiting: dict[Future[None], str] = field(default_factory=dict)  # turns, and their networks


class Admission:
    """`places` requests are served at once, and `waiting` others wait, for `patience` seconds.

    `key` is the shop that a request is for, or whatever else stands for those who share. They hold
    one place, and another one, up to `places_each`, where the newest is held for `slow_after`
    seconds; the requests from one network never hold all. No more than `places` + `waiting`
    threads are ever held up here.
    """

    def __init__(
        self, *, places: int, places_each: int, slow_after: float, waiting: int, patience: float
    ) -> None:
        self.places = places
        self.places_each = places_each
        self.places_of_network = max(1, places - 1)
        self.slow_after = slow_after
        self.waiting = waiting
        self.patience = patience
        self._held: Counter[str] = Counter()  # by network
        self._lines: dict[Hashable, Line] = {}  # in the order of their turns
        self._lock = Lock()

    @contextmanager
    def place(self, key: Hashable, network: str) -> Iterator[None]:
        """Hold a place for the block.

        Raises ShopIsBusy where the other requests of this key or network are in the way,
        ServerIsBusy where everybody's are, or none gets done.
        """
        self._enter(key, network)
        try:
            yield
        finally:
            self._leave(key, network)

    def _enter(self, key: Hashable, network: str) -> None:
        with self._lock:
            self._serve_next()  # who waits behind a slow one comes before us
            line = self._lines.setdefault(key, Line())
            if self._has_place_for(line, network):
                self._serve(line, network)
                return
            try:
                turn = self._queue(line, network)
            finally:
                self._tidy(key, line)
            done_before = line.done
        self._wait(turn)
        with self._lock:
            is_late = line.waiting.pop(turn, None) is not None
            self._tidy(key, line)
            if is_late:
                raise self._refusal(line, network, gets_done=line.done > done_before)
        turn.result()

    def _leave(self, key: Hashable, network: str) -> None:
        with self._lock:
            line = self._lines[key] = self._lines.pop(key)
            line.held -= 1
            line.done += 1
            self._held -= Counter([network])
            self._serve_next()
            self._tidy(key, line)

    def _wait(self, turn: Future[None]) -> None:
        deadline = monotonic() + self.patience
        while not turn.done() and (left := deadline - monotonic()) > 0:
            wait([turn], min(left, self.slow_after or left))
            with self._lock:
                self._serve_next()  # nobody leaves where a request has become slow

    def _has_place_for(self, line: Line, network: str) -> bool:
        return self._held.total() < self.places and self._is_within_its_part(line, network)

    def _is_within_its_part(self, line: Line, network: str) -> bool:
        is_slow = monotonic() - line.served_at >= self.slow_after
        is_free = line.held == 0 or (line.held < self.places_each and is_slow)
        return is_free and self._held[network] < self.places_of_network

    def _serve(self, line: Line, network: str) -> None:
        line.held += 1
        line.served_at = monotonic()
        self._held[network] += 1

    def _serve_next(self) -> None:
        candidates = [
            (self._held[network], line.held, line, turn, network)
            for line in self._lines.values()
            for turn, network in line.waiting.items()
            if self._has_place_for(line, network)
        ]
        if candidates:
            *_, line, turn, network = min(candidates, key=lambda candidate: candidate[:2])
            self._serve(line, network)
            del line.waiting[turn]
            turn.set_result(None)

    def _queue(self, line: Line, network: str) -> Future[None]:
        lines = self._lines.values()
        waiting = Counter(each for other in lines for each in other.waiting.values())
        if waiting.total() >= self.waiting and not self._make_room(line, network, waiting):
            raise self._refusal(line, network, gets_done=True)
        turn: Future[None] = Future()
        line.waiting[turn] = network
        return turn

    def _make_room(self, line: Line, network: str, waiting: Counter[str]) -> bool:
        """Turn one away that waits for a network or a shop with more turns than our own."""
        leads = [
            (waiting[whose] - waiting[network], len(each.waiting) - len(line.waiting), turn, each)
            for each in reversed(self._lines.values())
            for turn, whose in reversed(each.waiting.items())
        ]
        leads.sort(key=lambda lead: lead[:2], reverse=True)
        for of_network, of_shop, turn, other in leads:
            # By a lead of one, it would only turn the two around.
            if of_network > 1 or (of_network >= 0 and of_shop > 1):
                del other.waiting[turn]
                turn.set_exception(ShopIsBusy())
                return True
        return False

    def _refusal(self, line: Line, network: str, *, gets_done: bool) -> TurnedAway:
        is_its_own = not self._is_within_its_part(line, network)
        return ShopIsBusy() if gets_done and is_its_own else ServerIsBusy()

    def _tidy(self, key: Hashable, line: Line) -> None:
        if line.held == 0 and not line.waiting and self._lines.get(key) is line:
            del self._lines[key]
