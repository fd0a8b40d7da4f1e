"""The stored files of images, in a folder of the active tenant."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage

from apps.products.images.processing import rendition_widths
from apps.tenants.context import require_active_tenant


def upload_name(image_id: UUID) -> str:
    """Return the name of an upload until it is rendered; two may have the same content."""
    return f"{require_active_tenant().pk}/uploads/{image_id}"


def rendition_name(digest: str, width: int) -> str:
    return f"{require_active_tenant().pk}/images/{digest}/{width}.webp"


def media_urls(digest: str, width: int) -> dict[str, str]:
    """Return the URLs of an image's renditions by their width, from the narrowest."""
    folder = f"{require_active_tenant().new_url}media/{digest}"
    return {str(each): f"{folder}/{each}.webp" for each in rendition_widths(width)}


def save(name: str, file: IO[bytes]) -> None:
    """Store a file, unless it is there in full: the same name has the same content.

    A shorter one was left by an interrupted attempt.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if default_storage.exists(name):
        if default_storage.size(name) == size:
            return
        default_storage.delete(name)
    default_storage.save(name, File(file))


def delete(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


def names_of(digest: str, width: int | None) -> list[str]:
    """Return the names of the renditions of an image, none without a width."""
    return [rendition_name(digest, each) for each in (rendition_widths(width) if width else [])]
