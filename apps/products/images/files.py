"""The stored files of images, in a folder of the active tenant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage

from apps.products.images.processing import rendition_widths
from apps.tenants.context import require_active_tenant


def upload_name(digest: str) -> str:
    return f"{require_active_tenant().pk}/uploads/{digest}"


def rendition_name(digest: str, width: int) -> str:
    return f"{require_active_tenant().pk}/images/{digest}/{width}.webp"


def save(name: str, file: IO[bytes]) -> None:
    """Store a file, unless it is there: the same name has the same content."""
    if not default_storage.exists(name):
        default_storage.save(name, File(file))


def delete(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


def names_of(digest: str, width: int | None) -> list[str]:
    """Return the names of all files of an image with a width, or not rendered yet."""
    widths = rendition_widths(width) if width else []
    return [upload_name(digest), *(rendition_name(digest, each) for each in widths)]
