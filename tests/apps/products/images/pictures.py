"""Files of images, made anew."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture(
    fmt: str = "JPEG", size: tuple[int, int] = (300, 200), mode: str = "RGB", **options: Any
) -> bytes:
    """Return an image of one colour."""
    file = BytesIO()
    Image.new(mode, size, options.pop("color", 0)).save(file, fmt, **options)
    return file.getvalue()


def upload(content: bytes, name: str = "mug.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
