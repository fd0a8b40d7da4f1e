"""The stored files of one shop, which are in the folder with its id."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage

_CHUNK = 1 << 20


class ShopFiles:
    """The files below a shop's folder, by their paths in it."""

    def __init__(self, shop_id: UUID) -> None:
        self._folder = str(shop_id)

    def __iter__(self) -> Iterator[str]:
        yield from self._below("")

    def open(self, name: str) -> File[bytes]:
        """Open a file; raise FileNotFoundError if it was deleted meanwhile."""
        return default_storage.open(f"{self._folder}/{name}")

    def restore(self, name: str, source: IO[bytes]) -> None:
        """Store a file, in the place of a present one."""
        path = f"{self._folder}/{name}"
        default_storage.delete(path)
        default_storage.save(path, File(source))

    def _below(self, folder: str) -> Iterator[str]:
        with suppress(FileNotFoundError):  # a shop without files
            folders, files = default_storage.listdir(f"{self._folder}/{folder}")
            yield from (folder + name for name in sorted(files))
            for name in sorted(folders):
                yield from self._below(f"{folder}{name}/")


def copy_file(source: IO[bytes], target: IO[bytes]) -> str:
    """Copy a file, and return its SHA-256."""
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()
