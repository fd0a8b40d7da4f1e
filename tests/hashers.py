"""The password hasher of tests."""

from auth_backends.hashers import Argon2idHasher


class CheapHasher(Argon2idHasher):
    """The project's hasher, at the least cost that Argon2 allows."""

    time_cost = 1
    memory_cost = 8
