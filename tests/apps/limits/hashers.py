"""Password hashers that count, or break, or cost nothing."""

from __future__ import annotations

from threading import Lock

from django.contrib.auth.hashers import MD5PasswordHasher

from auth_backends.hashers import Argon2idHasher

QUICK = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "auth_backends.hashers.Argon2idHasher",
]
COUNTING = ["tests.apps.limits.hashers.CountingHasher"]
BREAKING = ["tests.apps.limits.hashers.BreakingHasher"]


class CountingHasher(Argon2idHasher):
    """Counts the passwords that it hashes or compares, and how many at the same moment."""

    lock = Lock()
    calls = in_flight = most_in_flight = 0

    @classmethod
    def reset(cls):
        cls.calls = cls.in_flight = cls.most_in_flight = 0

    def encode(self, password, salt):
        return self._counted(super().encode, password, salt)

    def verify(self, password, encoded):
        return self._counted(super().verify, password, encoded)

    @classmethod
    def _counted(cls, work, *args):
        with cls.lock:
            cls.calls += 1
            cls.in_flight += 1
            cls.most_in_flight = max(cls.most_in_flight, cls.in_flight)
        try:
            return work(*args)
        finally:
            with cls.lock:
                cls.in_flight -= 1


class BreakingHasher(MD5PasswordHasher):
    """Out of memory, say."""

    algorithm = "argon2"

    def encode(self, password, salt):
        raise MemoryError

    def verify(self, password, encoded):
        raise MemoryError
