from __future__ import annotations

import multiprocessing
from multiprocessing.process import BaseProcess

import django
from django.core.management import call_command


def spawn_command(name: str) -> BaseProcess:
    """Return a process that will run a management command, with the environment of this one.

    It has none of the memory of this process, which knows the owner's password.
    """
    return multiprocessing.get_context("spawn").Process(target=_run, args=[name], name=name)


def _run(name: str) -> None:
    django.setup(set_prefix=False)
    call_command(name)
