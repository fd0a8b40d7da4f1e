from django.contrib.auth.hashers import Argon2PasswordHasher

from apps.throttling.hashing import hashing_slot
from apps.users.normalization import normalize_password


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id of the normalized password, with the cost of OWASP's Password Storage Cheat Sheet.

    Raise RateLimited if no hashing slot is free.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with hashing_slot():
            return super().encode(normalize_password(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        with hashing_slot():
            return super().verify(normalize_password(password), encoded)
