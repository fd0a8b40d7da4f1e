from apps.api.problems import TooManyTries


class Blocked(TooManyTries):
    """Too many tries; the next one is welcome after a wait."""


class TurnedAway(Exception):
    """A request found no place in time."""


class ShopIsBusy(TurnedAway):
    """The shop or the network of the request already uses all of its slots."""


class ServerIsBusy(TurnedAway):
    """There is no place, whoever asks."""
