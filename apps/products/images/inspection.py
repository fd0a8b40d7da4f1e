from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import IO, Any, Final

from PIL import Image, UnidentifiedImageError

from apps.products.images.exceptions import (
    BrokenImage,
    ImageTooLarge,
    TooManyPixels,
    TooTallImage,
    UnsupportedImage,
)

MAX_BYTES: Final = 20_000_000
MAX_PIXELS: Final = 50_000_000
MAX_SIDE: Final = 16_383  # of a WebP
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")

# Pillow's own limit warns first, and its setting is for the whole process, too.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True)
class ImageInfo:
    """The format, the size in pixels and bytes, and the SHA-256 of a file."""

    format: str
    width: int
    height: int
    size: int
    digest: str


def inspect(file: IO[bytes]) -> ImageInfo:
    """Return what the head of an image says, without decoding it; raise InvalidImage.

    The content decides, not the name or the declared type. Bytes after the image are permitted:
    only images that were encoded anew are served.
    """
    size = file.seek(0, os.SEEK_END)
    if size > MAX_BYTES:
        raise ImageTooLarge
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as image:
            width, height, name = image.width, image.height, str(image.format)
    except UnidentifiedImageError as error:
        raise UnsupportedImage from error
    except Exception as error:  # the decoders raise any, such as struct.error and SyntaxError
        raise BrokenImage from error
    if width * height > MAX_PIXELS:
        raise TooManyPixels
    if max(width, height) > MAX_SIDE:
        raise TooTallImage
    file.seek(0)
    reader: Any = file  # typeshed wants readinto(), which every file has
    digest = hashlib.file_digest(reader, "sha256").hexdigest()
    file.seek(0)
    return ImageInfo(name, width, height, size, digest)
