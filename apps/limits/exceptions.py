from apps.api.problems import TooManyTries


class Blocked(TooManyTries):
    """Too many tries; the next one is welcome after a wait."""
