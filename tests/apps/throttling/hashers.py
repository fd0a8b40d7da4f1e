"""Password hashers for tests: counting, failing and fast ones."""

from __future__ import annotations

from threading import Lock

from django.contrib.auth.hashers import Argon2PasswordHasher, MD5PasswordHasher

from auth_backends.hashers import Argon2idHasher

QUICK = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "auth_backends.hashers.Argon2idHasher",
]
COUNTING = ["tests.apps.throttling.hashers.CountingHasher"]
BREAKING = ["tests.apps.throttling.hashers.BreakingHasher"]


class Counting(Argon2PasswordHasher):
    """Counts the passwords that it hashes or verifies, and the maximum at the same time."""

    lock = Lock()
    calls = in_flight = most_in_flight = 0

    @classmethod
    def reset(cls):
        Counting.calls = Counting.in_flight = Counting.most_in_flight = 0

    def encode(self, password, salt):
        return self._counted(super().encode, password, salt)

    def verify(self, password, encoded):
        return self._counted(super().verify, password, encoded)

    @staticmethod
    def _counted(work, *args):
        with Counting.lock:
            Counting.calls += 1
            Counting.in_flight += 1
            Counting.most_in_flight = max(Counting.most_in_flight, Counting.in_flight)
        try:
            return work(*args)
        finally:
            with Counting.lock:
                Counting.in_flight -= 1


class CountingHasher(Argon2idHasher, Counting):
    """Counts passwords with a slot: Argon2idHasher takes the slot before it calls super()."""


class BreakingHasher(MD5PasswordHasher):
    """Fails as when out of memory."""

    algorithm = "argon2"

    def encode(self, password, salt):
        raise MemoryError

    def verify(self, password, encoded):
        raise MemoryError
