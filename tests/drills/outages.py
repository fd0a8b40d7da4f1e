"""The responses to clients during an outage."""

from __future__ import annotations

from dataclasses import dataclass

from tests.load.requests import Sample, statuses
from tests.load.threads import LoadThreads


@dataclass(repr=False)
class Outage:
    """An outage from `start` until PostgreSQL accepted connections again, at `end`."""

    load: LoadThreads
    start: float
    end: float

    @property
    def refused(self) -> list[Sample]:
        return [sample for sample in self.load.samples if sample.is_clean_refusal]

    @property
    def unclean(self) -> list[Sample]:
        """Everything but successes and clean refusals."""
        return [
            sample
            for sample in self.load.samples
            if not (sample.is_success or sample.is_clean_refusal)
        ]

    @property
    def slowest_refusal(self) -> float:
        return max(sample.seconds for sample in self.refused)

    @property
    def recovery(self) -> float:
        """Seconds from the first connection that PostgreSQL accepted to the first success."""
        later = self.load.between(self.end, float("inf"))
        return min(sample.ended for sample in later if sample.is_success) - self.end

    def __repr__(self) -> str:
        refused = statuses(self.refused)
        return (
            f"{refused[503]} x 503 and {refused[429]} x 429 of {len(self.load.samples)}, slowest "
            f"{self.slowest_refusal * 1000:.0f} ms; {len(self.unclean)} other errors; "
            f"away {self.end - self.start:.1f} s, first success {self.recovery * 1000:.0f} ms later"
        )
