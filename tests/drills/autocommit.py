"""Settings of the control: the project without transactions."""

from contextlib import ContextDecorator

from django.db import transaction

from multitenant.settings import *  # noqa: F403 -- the environment comes first


class NoTransaction(ContextDecorator):
    def __init__(self, *args: object, **options: object) -> None:
        pass

    def __enter__(self) -> None:
        pass

    def __exit__(self, *reason: object) -> None:
        pass


transaction.atomic = NoTransaction
