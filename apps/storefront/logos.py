"""The logo of a shop, rendered like the images of its products."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.db import transaction

from apps.products.images import files
from apps.products.images.inspection import inspect
from apps.products.images.processing import render
from apps.storefront.models import Storefront


@dataclass(frozen=True)
class Logo:
    """The digest that names the stored renditions, and the size in pixels."""

    digest: str
    width: int
    height: int


def store_logo(file: IO[bytes]) -> Logo:
    """Render a file and store its renditions; raise InvalidImage.

    At once and not in a job: it is small, and the page that asked shows it.
    """
    # The files of an image are deleted with the last image that has its digest.
    digest = hashlib.sha256(f"logo {inspect(file).digest}".encode()).hexdigest()
    with tempfile.TemporaryDirectory(prefix="galleria-logo-") as name:
        folder = Path(name)
        (folder / "source").write_bytes(file.read())
        result = render(folder / "source", folder)
        for width in result.widths:
            with (folder / f"{width}.webp").open("rb") as rendition:
                files.save(files.rendition_name(digest, width), rendition)
    return Logo(digest, result.width, result.height)


def change_logo(look: Storefront, logo: Logo | None) -> None:
    """Save another logo or none, in the caller's transaction, after which the old files go."""
    old_digest, old_width = look.logo_hash, look.logo_width
    look.logo_hash = logo.digest if logo else ""
    look.logo_width, look.logo_height = (logo.width, logo.height) if logo else (None, None)
    look.save(update_fields=["logo_hash", "logo_width", "logo_height"])
    if old_digest and old_digest != look.logo_hash:
        names = files.names_of(old_digest, old_width)
        transaction.on_commit(lambda: files.delete(names))
