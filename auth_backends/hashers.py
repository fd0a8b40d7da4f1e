"""How passwords are stored."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with the cost that OWASP's Password Storage Cheat Sheet asks for."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
