"""Who is served now, who waits, and who is turned away: fair between shops, in one process.

Serving more at once than the processor can is slower for all, and first come, first served gives
everything to whoever asks most. So places are few, a shop holds one, or a second where the first
is held for long, and a free one goes to the shop that holds the fewest. Where too many wait, the
shop that waits most gives way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from apps.limits.exceptions import ServerIsBusy, ShopIsBusy, TurnedAway


@dataclass
class Line:
    """One key's requests: how many hold a place, how many gave theirs back, and who waits."""

    held: int = 0
    served_at: float = 0.0  # when the newest of them got its place
    done: int = 0
    waiting: deque[Future[None]] = field(default_factory=deque)


class Admission:
    """`places` requests are served at once, and `waiting` others wait, for `patience` seconds.

    `key` is the shop that a request is for, or whatever else stands for those who share. They hold
    one place, and another one, up to `places_each`, where the newest is held for `slow_after`
    seconds. No more than `places` + `waiting` threads are ever held up here.
    """

    def __init__(
        self, *, places: int, places_each: int, slow_after: float, waiting: int, patience: float
    ) -> None:
        self.places = places
        self.places_each = places_each
        self.slow_after = slow_after
        self.waiting = waiting
        self.patience = patience
        self._held = 0
        self._lines: dict[Hashable, Line] = {}  # in the order of their turns
        self._lock = Lock()

    @contextmanager
    def place(self, key: Hashable) -> Iterator[None]:
        """Hold a place for the block.

        Raises ShopIsBusy where the other requests of this key are in the way, ServerIsBusy where
        everybody's are, or none gets done.
        """
        self._enter(key)
        try:
            yield
        finally:
            self._leave(key)

    def _enter(self, key: Hashable) -> None:
        with self._lock:
            self._serve_next()  # who waits behind a slow one comes before us
            line = self._lines.setdefault(key, Line())
            if self._has_place_for(line):
                self._serve(line)
                return
            try:
                turn = self._queue(line)
            finally:
                self._tidy(key, line)
            done_before = line.done
        self._wait(turn)
        with self._lock:
            if not turn.done():
                line.waiting.remove(turn)
                self._tidy(key, line)
                raise self._refusal(line, gets_done=line.done > done_before)
        turn.result()

    def _leave(self, key: Hashable) -> None:
        with self._lock:
            line = self._lines[key] = self._lines.pop(key)
            line.held -= 1
            line.done += 1
            self._held -= 1
            self._serve_next()
            self._tidy(key, line)

    def _wait(self, turn: Future[None]) -> None:
        deadline = monotonic() + self.patience
        while not turn.done() and (left := deadline - monotonic()) > 0:
            wait([turn], min(left, self.slow_after or left))
            with self._lock:
                self._serve_next()  # nobody leaves where a request has become slow

    def _has_place_for(self, line: Line) -> bool:
        return self._held < self.places and self._is_within_its_part(line)

    def _is_within_its_part(self, line: Line) -> bool:
        is_slow = monotonic() - line.served_at >= self.slow_after
        return line.held == 0 or (line.held < self.places_each and is_slow)

    def _serve(self, line: Line) -> None:
        line.held += 1
        line.served_at = monotonic()
        self._held += 1

    def _serve_next(self) -> None:
        candidates = [
            line for line in self._lines.values() if line.waiting and self._has_place_for(line)
        ]
        if candidates:
            line = min(candidates, key=lambda candidate: candidate.held)
            self._serve(line)
            line.waiting.popleft().set_result(None)

    def _queue(self, line: Line) -> Future[None]:
        if sum(len(other.waiting) for other in self._lines.values()) >= self.waiting:
            longest = max(self._lines.values(), key=lambda other: len(other.waiting))
            # Not where it would only turn the two around.
            if len(longest.waiting) < len(line.waiting) + 2:
                raise self._refusal(line, gets_done=True)
            longest.waiting.pop().set_exception(ShopIsBusy())
        turn: Future[None] = Future()
        line.waiting.append(turn)
        return turn

    def _refusal(self, line: Line, *, gets_done: bool) -> TurnedAway:
        is_its_own = not self._is_within_its_part(line)
        return ShopIsBusy() if gets_done and is_its_own else ServerIsBusy()

    def _tidy(self, key: Hashable, line: Line) -> None:
        if line.held == 0 and not line.waiting:
            self._lines.pop(key, None)
