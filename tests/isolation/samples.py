"""Sample rows and values of every app, for the isolation tests.

An app declares them in `tests/apps/<app>/samples.py`: `ROWS`, a `Rows` for each of its tenant-owned
models by label; `KINDS`, a `Kind` or `Plain` for each name that its operations take, or for a name
in one path: `/api/users/ email`; and `PUBLIC_VIEWS`, the reasons of views that need no token.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.conf import settings
from django.db import models

#: Makes a value in a shop for an operation; see `shops.Shop` and `surface.Operation`.
Make = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Rows:
    """A factory of rows of a model in the active tenant, and a column that may be changed."""

    make: Callable[[], models.Model]
    text: str
    changed: Any = "harmed"


def scrambled(value: Any) -> str:
    """Return a value of the same shape that never was."""
    text = str(value)
    if _is_uuid(text):
        return str(UUID(int=random.getrandbits(128), version=4))
    return "".join(random.choice(_alphabet_of(character)) for character in text)


@dataclass(frozen=True)
class Kind:
    """A factory of values that work in a shop, and of random ones like another shop's.

    `taken` makes what the other shop has, where that is not what works in one's own: an address
    that is to be new here is one that is taken there.
    """

    own: Make
    taken: Make | None = None
    random: Callable[[Any], Any] = scrambled
    #: Why the other shop's value may be told from a random one, empty if it may not.
    public: str = ""


@dataclass(frozen=True)
class Plain:
    """A value that belongs to no shop."""

    value: Any


#: Of a value that a request is never filled with, such as the id of a row that it creates.
OMITTED = Plain(object())


def first_cursor(shop: Any, path: str, user: Any) -> str:
    """Return the cursor of the first page, of one row, that `user` gets."""
    page = shop.client().as_(user).get(path, {"page_size": 1}).json()
    return parse_qs(urlsplit(page["next"]).query)["cursor"][0]


def declared(name: str) -> dict[str, Any]:
    """Return the entries of `name` in the samples of all apps, in the order of INSTALLED_APPS."""
    found: dict[str, Any] = {}
    for app in ["auth_backends", *settings.INSTALLED_APPS]:
        if app.split(".")[0] in {"apps", "auth_backends"} and find_spec(f"tests.{app}.samples"):
            found |= getattr(import_module(f"tests.{app}.samples"), name, {})
    return found


def new_code(shop: Any, operation: Any) -> str:
    return scrambled("something")


def _alphabet_of(character: str) -> str:
    if character.isdigit():
        return string.digits
    if character.isupper():
        return string.ascii_uppercase
    return string.ascii_lowercase if character.islower() else character


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
