from datetime import timedelta


class RateLimited(Exception):
    """Too many attempts; the next one is allowed after `wait`."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait


class TurnedAway(Exception):
    """A request found no place in time."""


class ShopIsBusy(TurnedAway):
    """The shop or the network of the request already uses all of its slots."""


class ServerIsBusy(TurnedAway):
    """There is no place, whoever asks."""
