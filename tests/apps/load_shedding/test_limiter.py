"""Fairness between tenants and networks, and the release of every slot."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread

import pytest

from apps.load_shedding.limiter import FairConcurrencyLimiter, Overloaded, TenantOverloaded, Ticket


class Client(Thread):
    """A request that holds its slot, if it gets one, until finish() is called."""

    def __init__(self, limiter: FairConcurrencyLimiter, key: str, network: str = "") -> None:
        super().__init__(daemon=True)
        self.limiter = limiter
        self.key = key
        self.network = network or key  # by default, one network for each tenant
        self.is_served = Event()
        self.is_finished = Event()
        self.reason: Overloaded | None = None
        self.start()

    def run(self) -> None:
        try:
            with self.limiter.slot(self.key, self.network):
                self.is_served.set()
                assert self.is_finished.wait(20)
        except Overloaded as reason:
            self.reason = reason

    def finish(self) -> None:
        self.is_finished.set()
        self.join(20)


def make_limiter(**changes) -> FairConcurrencyLimiter:
    """Return a limiter, by default one that gives a tenant its second slot at once."""
    return FairConcurrencyLimiter(
        **{
            "slots": 4,
            "slots_per_tenant": 2,
            "queue_size": 4,
            "slow_threshold": 0.0,
            "queue_timeout": 20.0,
            **changes,
        }
    )


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def send(limiter: FairConcurrencyLimiter, keys: str, network: str = "") -> list[Client]:
    """Start clients one after the other; return them when each is served, waiting or refused."""
    clients = []
    for key in keys:
        waiting = tickets(limiter)
        client = Client(limiter, key, network)
        until(
            lambda v=client, old=waiting: (
                v.is_served.is_set() or not v.is_alive() or tickets(limiter) - old
            )
        )
        clients.append(client)
    return clients


def tickets(limiter: FairConcurrencyLimiter) -> set[Ticket]:
    with limiter._lock:
        return set(limiter._waiting)


def served(clients: list[Client]) -> str:
    return "".join(client.key for client in clients if client.is_served.is_set())


def finish(clients: list[Client]) -> None:
    for client in clients:
        client.is_finished.set()
    for client in clients:
        client.join(20)


def assert_released(limiter: FairConcurrencyLimiter) -> None:
    """All slots are free, and no ticket is left."""
    assert limiter._served == limiter._waiting == []
    clients = [Client(limiter, str(number)) for number in range(limiter.slots)]
    until(lambda: len(served(clients)) == limiter.slots)
    finish(clients)
    assert limiter._served == limiter._waiting == []


def test_no_more_requests_than_slots_are_served_at_once():
    limiter = make_limiter()
    clients = send(limiter, "ABCDE")
    assert served(clients) == "ABCD"
    clients[1].finish()
    until(clients[4].is_served.is_set)
    finish(clients)
    assert_released(limiter)


def test_tenant_at_its_limit_delays_no_other():
    limiter = make_limiter()
    clients = send(limiter, "AAAB")
    assert served(clients) == "AAB"
    finish(clients)
    assert_released(limiter)


def test_tenant_gets_its_second_slot_once_the_first_is_slow():
    limiter = make_limiter(slow_threshold=0.3)
    began = time.monotonic()
    clients = send(limiter, "AAAB")
    assert served(clients) == "AB"
    until(clients[1].is_served.is_set)
    assert time.monotonic() - began >= 0.3
    assert served(clients) == "AAB"
    finish(clients)
    assert_released(limiter)


def test_queued_request_precedes_a_new_one():
    limiter = make_limiter(slow_threshold=20.0)
    clients = send(limiter, "AA")
    limiter.slow_threshold = 0.0  # the first request is slow now; no thread was notified
    clients.append(Client(limiter, "A"))
    until(clients[1].is_served.is_set)
    assert not clients[2].is_served.is_set()
    finish(clients)
    assert_released(limiter)


def test_tenant_with_fast_requests_has_one_slot():
    limiter = make_limiter(slow_threshold=20.0)
    clients = send(limiter, "AAA")
    for number in range(3):
        until(clients[number].is_served.is_set)
        assert served(clients) == "A" * (number + 1)  # and the earlier ones have ended
        clients[number].finish()
    assert_released(limiter)


def test_free_slot_goes_to_the_tenant_with_the_fewest():
    limiter = make_limiter()
    clients = send(limiter, "AABBAC")
    clients[0].finish()
    until(clients[5].is_served.is_set)
    assert served(clients) == "AABBC"
    finish(clients)
    assert_released(limiter)


def test_tenants_alternate():
    limiter = make_limiter(slots=1, slots_per_tenant=1)
    clients = send(limiter, "AABC")
    order = []
    for _ in clients:
        [current] = [v for v in clients if v.is_served.is_set() and v not in order]
        order.append(current)
        current.finish()
        until(lambda: len(served(clients)) == min(len(order) + 1, len(clients)))
    assert [client.key for client in order] == ["A", "B", "C", "A"]
    assert_released(limiter)


def test_second_request_of_a_tenant_does_not_wait_for_ever():
    """Later requests of other tenants queue behind it, however many keep coming."""
    limiter = make_limiter(slots=1, slots_per_tenant=1)
    first, second, other = send(limiter, "AAB", network="one")

    first.finish()
    until(other.is_served.is_set)
    [late] = send(limiter, "C", network="one")
    other.finish()
    until(lambda: served([second, late]))

    assert served([second, late]) == "A"
    finish([second])
    until(late.is_served.is_set)
    finish([late])
    assert_released(limiter)


def test_tenant_at_its_limit_is_refused_at_once_where_the_queue_is_full():
    limiter = make_limiter()
    clients = send(limiter, "AAAAAAA")
    assert served(clients) == "AA"
    assert [type(client.reason) for client in clients] == [type(None)] * 6 + [TenantOverloaded]
    finish(clients)
    assert_released(limiter)


def test_tenant_with_the_most_queued_requests_loses_its_newest():
    limiter = make_limiter()
    clients = send(limiter, "AACCAAAAB")
    until(lambda: not all(client.is_alive() for client in clients))
    assert [v.key for v in clients if v.reason] == ["A"]
    assert isinstance(clients[7].reason, TenantOverloaded)  # the newest one
    clients[0].finish()
    until(clients[8].is_served.is_set)
    finish(clients)
    assert_released(limiter)


def test_new_request_is_refused_if_all_tenants_queue_equally():
    limiter = make_limiter(queue_size=2)
    clients = send(limiter, "AABBCDE")
    assert [client.key for client in clients if client.reason] == ["E"]
    assert isinstance(clients[-1].reason, Overloaded)
    finish(clients)
    assert_released(limiter)


def test_network_has_all_slots_but_one():
    limiter = make_limiter()
    clients = send(limiter, "ABCD", "one")
    assert served(clients) == "ABC"
    neighbours = send(limiter, "E", "other")
    assert served(neighbours) == "E"
    finish(clients + neighbours)
    assert_released(limiter)


def test_free_slot_goes_to_the_network_with_the_fewest():
    limiter = make_limiter()
    clients = (
        send(limiter, "ABCD", "one") + send(limiter, "E", "other") + send(limiter, "F", "third")
    )
    assert served(clients) == "ABCE"
    clients[0].finish()
    until(clients[5].is_served.is_set)
    assert served(clients) == "ABCEF"
    finish(clients)
    assert_released(limiter)


def test_network_with_the_most_queued_requests_loses_its_newest():
    limiter = make_limiter()
    busy_network = send(limiter, "ABCDEFG", "busy")
    neighbours = send(limiter, "HI", "other")
    until(lambda: not busy_network[6].is_alive())
    assert [client.key for client in busy_network + neighbours if client.reason] == ["G"]
    assert isinstance(busy_network[6].reason, TenantOverloaded)
    finish(busy_network + neighbours)
    assert_released(limiter)


def test_network_with_many_tenants_evicts_no_smaller_network():
    limiter = make_limiter()
    busy = send(limiter, "ABC", "one") + send(limiter, "X", "two")  # all four slots
    waiting = send(limiter, "DE", "busy") + send(limiter, "X", "three") + send(limiter, "X", "four")
    refused = send(limiter, "F", "busy")
    assert [client.key for client in busy + waiting + refused if client.reason] == ["F"]
    finish(busy + waiting + refused)
    assert_released(limiter)


def test_unknown_tenants_leave_no_state():
    limiter = make_limiter(queue_size=2)
    clients = send(limiter, "ABCDEFGH", "one")
    neighbours = send(limiter, "IJK", "other")
    finish(clients + neighbours)
    assert_released(limiter)


def test_queued_request_times_out_with_tenant_overloaded():
    limiter = make_limiter(queue_timeout=0.05)
    clients = send(limiter, "AA")

    with pytest.raises(TenantOverloaded), limiter.slot("A", "A"):
        pytest.fail("There is no slot.")

    finish(clients)
    assert_released(limiter)


def test_queued_request_times_out_with_overloaded_where_others_have_the_slots():
    limiter = make_limiter(queue_timeout=0.05)
    clients = send(limiter, "AABB")

    with pytest.raises(Overloaded) as refusal, limiter.slot("C", "C"):
        pytest.fail("There is no slot.")

    assert type(refusal.value) is Overloaded
    finish(clients)
    assert_released(limiter)


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt, GeneratorExit])
def test_slot_is_released_after_any_error(error):
    limiter = make_limiter(slots=1, slots_per_tenant=1)
    for _ in range(3):
        with pytest.raises(error), limiter.slot("A", "A"):
            raise error
    assert_released(limiter)


class SlotCounter:
    """Counts the requests with a slot, in total and by key, and the maximum of each."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.now: Counter[str] = Counter()
        self.most = self.most_of_one = self.entered = 0

    @contextmanager
    def counted(self, key: str):
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


def run_concurrently(limiter) -> SlotCounter:
    """Run forty threads whose requests are served, time out, are refused or fail at random."""
    counter = SlotCounter()

    def run(seed: int) -> None:
        choice = random.Random(seed)
        for _ in range(25):
            key = choice.choice("AAAAABC")
            with suppress(Overloaded, ValueError), limiter.slot(key, key), counter.counted(key):
                time.sleep(choice.random() / 250)
                if choice.random() < 0.2:
                    raise ValueError

    threads = [Thread(target=run, args=(seed,)) for seed in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return counter


def test_concurrent_requests_never_exceed_the_slots():
    limiter = make_limiter(queue_timeout=0.01, queue_size=10)
    counter = run_concurrently(limiter)
    assert (counter.most, counter.most_of_one) == (4, 2)
    assert counter.entered > 40
    assert_released(limiter)


class NonAtomicLimiter(FairConcurrencyLimiter):
    """The control: a limiter that checks and takes a slot in two steps."""

    @contextmanager
    def slot(self, tenant, network):
        if len(self._served) >= self.slots:
            raise Overloaded
        time.sleep(0.001)
        ticket = object()
        self._served.append(ticket)
        try:
            yield
        finally:
            self._served.remove(ticket)


def test_control_non_atomic_check_exceeds_the_slots():
    limiter = NonAtomicLimiter(
        slots=4, slots_per_tenant=2, slow_threshold=0.0, queue_size=10, queue_timeout=0.01
    )
    assert run_concurrently(limiter).most > 4
