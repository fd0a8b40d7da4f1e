"""Places are few, each shop has its part, and nothing that happens inside one keeps it."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread

import pytest

from apps.throttling.admission import Admission
from apps.throttling.exceptions import ServerIsBusy, ShopIsBusy, TurnedAway


class Visitor(Thread):
    """Holds a place until it is told to leave, if it gets one."""

    def __init__(self, admission: Admission, key: str, network: str = "") -> None:
        super().__init__(daemon=True)
        self.admission = admission
        self.key = key
        self.network = network or key  # each shop's people are in a network of their own
        self.is_inside = Event()
        self.leaves = Event()
        self.reason: TurnedAway | None = None
        self.start()

    def run(self) -> None:
        try:
            with self.admission.place(self.key, self.network):
                self.is_inside.set()
                assert self.leaves.wait(20)
        except TurnedAway as reason:
            self.reason = reason

    def leave(self) -> None:
        self.leaves.set()
        self.join(20)


def admission(**changes) -> Admission:
    """Return one where a shop gets its second place at once, but for `changes`."""
    return Admission(
        **{
            "places": 4,
            "places_each": 2,
            "waiting": 4,
            "slow_after": 0.0,
            "patience": 20.0,
            **changes,
        }
    )


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def visit(place: Admission, keys: str, network: str = "") -> list[Visitor]:
    """Send visitors, one after the other; return them when each is inside, waiting or gone."""
    visitors = []
    for key in keys:
        visitor = Visitor(place, key, network)
        until(lambda v=visitor: v.is_inside.is_set() or not v.is_alive() or is_waiting(place, v))
        visitors.append(visitor)
    return visitors


def is_waiting(place: Admission, visitor: Visitor) -> bool:
    """Tell whether as many wait for this key as were sent to."""
    line = place._lines.get(visitor.key)
    others = getattr(place, "seen_waiting", Counter())
    if line is None or len(line.waiting) <= others[visitor.key]:
        return False
    others[visitor.key] = len(line.waiting)
    place.seen_waiting = others
    return True


def inside(visitors: list[Visitor]) -> str:
    return "".join(visitor.key for visitor in visitors if visitor.is_inside.is_set())


def send_home(visitors: list[Visitor]) -> None:
    for visitor in visitors:
        visitor.leaves.set()
    for visitor in visitors:
        visitor.join(20)


def require_empty(place: Admission) -> None:
    """As many as ever get in at once, and nothing is remembered of those before."""
    assert place._lines == {}
    visitors = [Visitor(place, str(number)) for number in range(place.places)]
    until(lambda: len(inside(visitors)) == place.places)
    send_home(visitors)
    assert place._lines == {}


def test_no_more_than_the_places_are_served_at_once():
    place = admission()
    visitors = visit(place, "ABCDE")
    assert inside(visitors) == "ABCD"
    visitors[1].leave()
    until(visitors[4].is_inside.is_set)
    send_home(visitors)
    require_empty(place)


def test_shop_holds_its_part_and_another_gets_in_at_once():
    place = admission()
    visitors = visit(place, "AAAB")
    assert inside(visitors) == "AAB"
    send_home(visitors)
    require_empty(place)


def test_shop_gets_its_second_place_where_the_first_is_held_for_long():
    place = admission(slow_after=0.3)
    began = time.monotonic()
    visitors = visit(place, "AAAB")
    assert inside(visitors) == "AB"
    until(visitors[1].is_inside.is_set)
    assert time.monotonic() - began >= 0.3
    assert inside(visitors) == "AAB"
    send_home(visitors)
    require_empty(place)


def test_who_waits_behind_a_slow_one_comes_before_a_newcomer():
    place = admission(slow_after=20.0)
    visitors = visit(place, "AA")
    place.slow_after = 0.0  # the first one is slow from now on, and nobody has noticed
    visitors.append(Visitor(place, "A"))
    until(visitors[1].is_inside.is_set)
    assert not visitors[2].is_inside.is_set()
    send_home(visitors)
    require_empty(place)


def test_shop_gets_no_second_place_while_it_gets_done():
    place = admission(slow_after=20.0)
    visitors = visit(place, "AAA")
    for number in range(3):
        until(visitors[number].is_inside.is_set)
        assert inside(visitors) == "A" * (number + 1)  # and those before have left
        visitors[number].leave()
    require_empty(place)


def test_free_place_goes_to_the_shop_that_holds_the_fewest():
    place = admission()
    visitors = visit(place, "AABBAC")
    visitors[0].leave()
    until(visitors[5].is_inside.is_set)
    assert inside(visitors) == "AABBC"
    send_home(visitors)
    require_empty(place)


def test_shops_with_equal_parts_take_turns():
    place = admission(places=1, places_each=1)
    visitors = visit(place, "AABC")
    order = []
    for _ in visitors:
        [current] = [v for v in visitors if v.is_inside.is_set() and v not in order]
        order.append(current)
        current.leave()
        until(lambda: len(inside(visitors)) == min(len(order) + 1, len(visitors)))
    assert [visitor.key for visitor in order] == ["A", "B", "C", "A"]
    require_empty(place)


def test_shop_over_its_part_is_turned_away_at_once_where_nobody_else_may_wait():
    place = admission()
    visitors = visit(place, "AAAAAAA")
    assert inside(visitors) == "AA"
    assert [type(visitor.reason) for visitor in visitors] == [type(None)] * 6 + [ShopIsBusy]
    send_home(visitors)
    require_empty(place)


def test_shop_that_waits_most_gives_way():
    place = admission()
    visitors = visit(place, "AACCAAAAB")
    until(lambda: not all(visitor.is_alive() for visitor in visitors))
    assert [v.key for v in visitors if v.reason] == ["A"]
    assert isinstance(visitors[7].reason, ShopIsBusy)  # who came last
    visitors[0].leave()
    until(visitors[8].is_inside.is_set)
    send_home(visitors)
    require_empty(place)


def test_nobody_gives_way_where_all_wait_alike():
    place = admission(waiting=2)
    visitors = visit(place, "AABBCDE")
    assert [visitor.key for visitor in visitors if visitor.reason] == ["E"]
    assert isinstance(visitors[-1].reason, ServerIsBusy)
    send_home(visitors)
    require_empty(place)


def test_network_holds_all_places_but_one():
    place = admission()
    visitors = visit(place, "ABCD", "one")
    assert inside(visitors) == "ABC"
    neighbours = visit(place, "E", "other")
    assert inside(neighbours) == "E"
    send_home(visitors + neighbours)
    require_empty(place)


def test_free_place_goes_to_the_network_that_holds_the_fewest():
    place = admission()
    visitors = visit(place, "ABCD", "one") + visit(place, "E", "other") + visit(place, "F", "third")
    assert inside(visitors) == "ABCE"
    visitors[0].leave()
    until(visitors[5].is_inside.is_set)
    assert inside(visitors) == "ABCEF"
    send_home(visitors)
    require_empty(place)


def test_network_that_waits_most_gives_way_whatever_it_asks_for():
    place = admission()
    crowd = visit(place, "ABCDEFG", "crowd")
    neighbours = visit(place, "HI", "other")
    until(lambda: not crowd[6].is_alive())
    assert [visitor.key for visitor in crowd + neighbours if visitor.reason] == ["G"]
    assert isinstance(crowd[6].reason, ShopIsBusy)
    send_home(crowd + neighbours)
    require_empty(place)


def test_crowd_of_many_shops_pushes_nobody_of_a_smaller_network_out():
    place = admission()
    busy = visit(place, "ABC", "one") + visit(place, "X", "two")  # all four places
    waiting = visit(place, "DE", "crowd") + visit(place, "X", "three") + visit(place, "X", "four")
    refused = visit(place, "F", "crowd")
    assert [visitor.key for visitor in busy + waiting + refused if visitor.reason] == ["F"]
    send_home(busy + waiting + refused)
    require_empty(place)


def test_codes_that_were_made_up_leave_nothing_behind():
    place = admission(waiting=2)
    visitors = visit(place, "ABCDEFGH", "one")
    neighbours = visit(place, "IJK", "other")
    send_home(visitors + neighbours)
    require_empty(place)


def test_who_waits_in_vain_hears_that_the_server_is_busy():
    place = admission(patience=0.05)
    visitors = visit(place, "AA")
    with pytest.raises(ServerIsBusy), place.place("A", "A"):
        pytest.fail("There is no place.")
    send_home(visitors)
    require_empty(place)


def test_who_waits_for_others_of_the_shop_that_get_done_hears_that_the_shop_is_busy():
    place = admission(patience=0.5)
    visitors = visit(place, "AAAA")
    visitors[0].leave()
    until(lambda: visitors[2].is_inside.is_set() and not visitors[3].is_alive())
    assert isinstance(visitors[3].reason, ShopIsBusy)
    send_home(visitors)
    require_empty(place)


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt, GeneratorExit])
def test_place_is_given_back_whatever_happens_in_it(error):
    place = admission(places=1, places_each=1)
    for _ in range(3):
        with pytest.raises(error), place.place("A", "A"):
            raise error
    require_empty(place)


class Watch:
    """Counts who is inside, in all and of each key, and remembers the most."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.now: Counter[str] = Counter()
        self.most = self.most_of_one = self.entered = 0

    @contextmanager
    def watched(self, key: str):
        with self.lock:
            self.now[key] += 1
            self.entered += 1
            self.most = max(self.most, self.now.total())
            self.most_of_one = max(self.most_of_one, *self.now.values())
        try:
            yield
        finally:
            with self.lock:
                self.now[key] -= 1


def storm(place) -> Watch:
    """Let forty threads in and out, who wait in vain, are turned away and fail now and then."""
    watch = Watch()

    def come_and_go(seed: int) -> None:
        choice = random.Random(seed)
        for _ in range(25):
            key = choice.choice("AAAAABC")
            with suppress(TurnedAway, ValueError), place.place(key, key), watch.watched(key):
                time.sleep(choice.random() / 250)
                if choice.random() < 0.2:
                    raise ValueError

    threads = [Thread(target=come_and_go, args=(seed,)) for seed in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return watch


def test_storm_never_fills_more_than_the_places_and_leaves_all_of_them_free():
    place = admission(patience=0.01, waiting=10)
    watch = storm(place)
    assert (watch.most, watch.most_of_one) == (4, 2)
    assert watch.entered > 40
    require_empty(place)


class LooksThenEnters(Admission):
    """The control: looking and entering are two steps."""

    @contextmanager
    def place(self, key, network):
        if len(self._lines) >= self.places:
            raise ServerIsBusy
        time.sleep(0.001)
        token = object()
        self._lines[token] = None
        try:
            yield
        finally:
            del self._lines[token]


def test_control_looking_before_entering_lets_more_in():
    place = LooksThenEnters(places=4, places_each=2, slow_after=0.0, waiting=10, patience=0.01)
    assert storm(place).most > 4
