from apps.api.problems import TooManyTries


class Blocked(TooManyTries):
    """Too many tries; the next one is welcome after a wait."""


class TurnedAway(Exception):
    """A request found no place in time."""


class ShopIsBusy(TurnedAway):
    """The requests of its own shop or network hold all the places that these may have."""


class ServerIsBusy(TurnedAway):
    """There is no place, whoever asks."""
