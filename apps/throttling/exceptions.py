from datetime import timedelta


class RateLimited(Exception):
    """Too many attempts; the next one is allowed after `wait`."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait
