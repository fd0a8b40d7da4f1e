"""The addresses of an image's renditions, as paths of the shop's host."""

from __future__ import annotations

from django.urls import reverse

from apps.products.images.processing import rendition_widths
from apps.products.models import Image


def path_of(image: Image, width: int) -> str:
    return reverse("media", args=[image.content_hash, width])


def srcset(image: Image) -> str:
    """Return all renditions in the form of the `srcset` attribute."""
    widths = rendition_widths(image.width or 0)
    return ", ".join(f"{path_of(image, width)} {width}w" for width in widths)


def largest(image: Image) -> str:
    return path_of(image, rendition_widths(image.width or 0)[-1])
