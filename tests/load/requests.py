"""Requests of a load, and samples of what they got."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

#: The status of a request without a response.
NO_RESPONSE = 0


@dataclass(frozen=True)
class Request:
    """A request; `{n}` in its body and headers stands for its number in the load."""

    host: str
    path: str
    method: str = "GET"
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def numbered(self, number: int) -> Request:
        """Return this request with its number filled in."""
        body, headers = (
            json.loads(json.dumps(each).replace("{n}", str(number)))
            for each in (self.body, self.headers)
        )
        return Request(self.host, self.path, self.method, body, headers)


@dataclass(frozen=True)
class Response:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Sample:
    """One request of a load: when it started, how long it took, and what came back."""

    request: Request
    number: int
    started: float
    seconds: float
    status: int = NO_RESPONSE
    retry_after: str | None = None
    content_type: str | None = None
    error: str = ""

    @property
    def ended(self) -> float:
        return self.started + self.seconds

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_failure(self) -> bool:
        """Return True if the server is responsible for the failure."""
        return self.status == NO_RESPONSE or self.status >= 500

    @property
    def is_clean_refusal(self) -> bool:
        """Return whether the response says what is wrong and when to try again.

        Such a response is a 503, or a 429 of admission control where the request waited a second
        behind others of its shop.
        """
        return (
            self.status in {429, 503}
            and self.retry_after is not None
            and self.content_type == "application/problem+json"
        )


def statuses(samples: Sequence[Sample]) -> Counter[int]:
    return Counter(sample.status for sample in samples)


def described(samples: Sequence[Sample]) -> str:
    """Return the statuses and how often each came, for a table."""
    counted = sorted(statuses(samples).items())
    return ", ".join(f"{status}: {number:,}" for status, number in counted)


def failures(samples: Sequence[Sample]) -> list[Sample]:
    return [sample for sample in samples if sample.is_failure]


def written_codes(samples: Sequence[Sample]) -> set[str]:
    """Return the codes of what the server acknowledged as created."""
    return {
        sample.request.numbered(sample.number).body["code"]
        for sample in samples
        if sample.status == 201
    }


def percentile(samples: Sequence[Sample], share: float) -> float:
    """Return the seconds that this share of the samples did not exceed."""
    ranked = sorted(sample.seconds for sample in samples)
    return ranked[min(int(len(ranked) * share), len(ranked) - 1)]
