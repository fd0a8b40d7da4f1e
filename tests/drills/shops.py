"""People who work in the two demo shops, and what they see of an outage."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle, islice

from tests.drills.clients import Client, Crowd, Sample
from tests.processes import Server


def shop_clients(server: Server, number: int) -> list[Client]:
    """Return clients of the shops' owners, as many of each shop."""
    owners = [(host, server.log_in(host, *whom)) for host, whom in server.demo_log_ins.items()]
    assert len(owners) == 2
    return [Client(server.port, host, token) for host, token in islice(cycle(owners), number)]


@dataclass(repr=False)
class Outage:
    """What clients saw of an outage that began at `start` and was over when PostgreSQL accepted."""

    crowd: Crowd
    start: float
    end: float

    @property
    def refused(self) -> list[Sample]:
        return [sample for sample in self.crowd.samples if sample.is_clean_refusal]

    @property
    def unclean(self) -> list[Sample]:
        """Everything but successes and refusals as they should be."""
        return [
            sample
            for sample in self.crowd.samples
            if not (sample.is_success or sample.is_clean_refusal)
        ]

    @property
    def slowest_refusal(self) -> float:
        return max(sample.seconds for sample in self.refused)

    @property
    def recovery(self) -> float:
        """Seconds from the first connection that PostgreSQL accepted to the first success."""
        later = self.crowd.between(self.end, float("inf"))
        return min(sample.ended for sample in later if sample.is_success) - self.end

    def __repr__(self) -> str:
        too_many = sum(sample.status == 429 for sample in self.refused)
        return (
            f"{len(self.refused) - too_many} x 503 and {too_many} x 429 of "
            f"{len(self.crowd.samples)}, slowest "
            f"{self.slowest_refusal * 1000:.0f} ms; {len(self.unclean)} other errors; "
            f"away {self.end - self.start:.1f} s, first success {self.recovery * 1000:.0f} ms later"
        )
