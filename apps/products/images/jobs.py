"""The jobs that fetch and render images."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS

from apps.jobs.tasks import task
from apps.products.images import files
from apps.products.images.exceptions import InvalidImage
from apps.products.images.fetching import fetch
from apps.products.images.inspection import inspect
from apps.products.images.processing import render
from apps.products.models import Image, catalogue_change

#: Downloads in one job.
IMAGES_OF_JOB: Final = 100


@task(atomic=False)
def render_image(image_id: str) -> None:
    """Make the renditions of an uploaded image; repeating it makes the same files."""
    image = Image.objects.filter(pk=image_id, status=Image.Status.PENDING).first()
    if image is not None:
        _render(image)
    files.delete([files.upload_name(UUID(image_id))])


@task(atomic=False, queue_name="downloads")
def fetch_images(image_ids: list[str]) -> None:
    """Download images from their `source_url`, if the operator permits it, and render them."""
    for image_id in image_ids:
        image = Image.objects.filter(pk=image_id, status=Image.Status.PENDING).first()
        if image is not None:
            _fetch(image)


@task(atomic=False)
def delete_files(digest: str, width: int | None) -> None:
    """Delete the files of an image unless another image of the shop has the same."""
    if not Image.objects.filter(content_hash=digest).exists():
        files.delete(files.names_of(digest, width))


def receive(image: Image, file: IO[bytes]) -> None:
    """Inspect a file, store it, and set the fields of `image`; raise InvalidImage."""
    info = inspect(file)
    files.save(files.upload_name(image.pk), file)
    image.content_hash, image.size = info.digest, info.size


def enqueue_fetches(images: Iterable[Image]) -> int:
    """Enqueue the downloads of images, if the operator permits them, and return their number."""
    if not settings.FETCH_IMAGES:
        return 0
    missing = [str(image.pk) for image in images if image.source_url]
    for ids in batched(missing, IMAGES_OF_JOB):
        fetch_images.enqueue(ids)
    return len(missing)


def enqueue_deletion(sender: Any, instance: Image, using: str, **kwargs: Any) -> None:
    """Delete the files of a deleted image when the transaction is over. A signal's receiver."""
    if instance.content_hash and using == DEFAULT_DB_ALIAS:
        delete_files.enqueue(instance.content_hash, instance.width)


def batched(items: list[str], size: int) -> Iterator[list[str]]:
    return (items[i : i + size] for i in range(0, len(items), size))


def _fetch(image: Image) -> None:
    try:
        with fetch(image.source_url) as file:
            receive(image, file)
    except InvalidImage as error:
        _finish(image, status=Image.Status.FAILED, error_code=error.code)
        return
    try:
        row = Image.objects.filter(pk=image.pk)
        if row.update(content_hash=image.content_hash, size=image.size):  # not deleted meanwhile
            _render(image)
    finally:  # another attempt downloads it again
        files.delete([files.upload_name(image.pk)])


def _render(image: Image) -> None:
    with tempfile.TemporaryDirectory(prefix="galleria-image-") as name:
        folder = Path(name)
        with default_storage.open(files.upload_name(image.pk)) as upload:
            (folder / "source").write_bytes(upload.read())
        try:
            result = render(folder / "source", folder)
        except InvalidImage as error:
            _finish(image, status=Image.Status.FAILED, error_code=error.code)
        else:
            for width in result.widths:
                with (folder / f"{width}.webp").open("rb") as rendition:
                    files.save(files.rendition_name(image.content_hash, width), rendition)
            size = {"width": result.width, "height": result.height}
            _finish(image, status=Image.Status.READY, color=result.color, **size)


def _finish(image: Image, **values: Any) -> None:
    with catalogue_change():
        Image.objects.filter(pk=image.pk).update(**values)
