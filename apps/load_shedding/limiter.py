from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition, Lock
from time import monotonic


class Overloaded(Exception):
    """No slot became free for the request in time."""


class TenantOverloaded(Overloaded):
    """The tenant or the network of the request already has its maximum of slots."""


@dataclass(eq=False)
class Ticket:
    """A request that waits for a slot or has one."""

    tenant: Hashable
    network: str
    settled: Condition  # notified when it is served or evicted
    started_at: float = 0.0


@dataclass(kw_only=True)
class FairConcurrencyLimiter:
    """A limit on the concurrent requests of one process, fair between networks and tenants.

    `slots` requests are served at once, and `queue_size` others wait up to `queue_timeout` seconds.
    A tenant has one slot, and up to `slots_per_tenant` once its newest request has taken longer
    than `slow_threshold` seconds; a network never has all slots. A free slot goes to the network
    with the fewest, in which tenants alternate. If the queue overflows, the newest request of the
    network with the most waiting requests is evicted.
    """

    slots: int
    slots_per_tenant: int
    slow_threshold: float
    queue_size: int
    queue_timeout: float

    def __post_init__(self) -> None:
        self._served: list[Ticket] = []
        self._waiting: list[Ticket] = []
        self._lock = Lock()

    @contextmanager
    def slot(self, tenant: Hashable, network: str) -> Iterator[None]:
        """Hold a slot for the block; raise TenantOverloaded or Overloaded."""
        ticket = Ticket(tenant, network, Condition(self._lock))
        try:
            with self._lock:
                self._enqueue(ticket)
                self._wait(ticket)
            yield
        finally:
            with self._lock:
                self._leave(ticket)

    def _enqueue(self, ticket: Ticket) -> None:
        self._waiting.append(ticket)
        self._serve()
        if len(self._waiting) > self.queue_size:
            networks = Counter(t.network for t in self._waiting)
            tenants = Counter(t.tenant for t in self._waiting)
            newest_first = reversed(self._waiting)
            evicted = max(newest_first, key=lambda t: (networks[t.network], tenants[t.tenant]))
            self._waiting.remove(evicted)
            evicted.settled.notify()

    def _wait(self, ticket: Ticket) -> None:
        deadline = monotonic() + self.queue_timeout
        while ticket in self._waiting and (left := deadline - monotonic()) > 0:
            ticket.settled.wait(min(left, self.slow_threshold or left))
            self._serve()  # a request that has become slow lets its tenant use another slot
        if ticket not in self._served:
            raise Overloaded if self._may_serve(ticket) else TenantOverloaded

    def _leave(self, ticket: Ticket) -> None:
        if ticket in self._waiting:
            self._waiting.remove(ticket)
        if ticket in self._served:
            self._served.remove(ticket)
            # Round robin: the tenant's other requests go behind those of other tenants.
            self._waiting.sort(key=lambda t: t.tenant == ticket.tenant)
        self._serve()

    def _serve(self) -> None:
        while len(self._served) < self.slots:
            candidates = [ticket for ticket in self._waiting if self._may_serve(ticket)]
            if not candidates:
                return
            networks = Counter(t.network for t in self._served)
            tenants = Counter(t.tenant for t in self._served)
            ticket = min(candidates, key=lambda t: (networks[t.network], tenants[t.tenant]))
            self._waiting.remove(ticket)
            self._served.append(ticket)
            ticket.started_at = monotonic()
            ticket.settled.notify()

    def _may_serve(self, ticket: Ticket) -> bool:
        of_network = [each for each in self._served if each.network == ticket.network]
        if len(of_network) >= max(1, self.slots - 1):
            return False
        of_tenant = [each for each in self._served if each.tenant == ticket.tenant]
        return not of_tenant or (
            len(of_tenant) < self.slots_per_tenant
            and monotonic() - of_tenant[-1].started_at >= self.slow_threshold
        )
