"""How passwords are stored."""

from django.contrib.auth.hashers import Argon2PasswordHasher

from apps.limits.guard import hashing_slot
from apps.users.passwords import normalise_password


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with the cost that OWASP's Password Storage Cheat Sheet asks for.

    Every hash holds a slot, and is of the normalised password. Raises Blocked.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with hashing_slot():
            return super().encode(normalise_password(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        with hashing_slot():
            return super().verify(normalise_password(password), encoded)
