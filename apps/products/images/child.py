"""Encodes an image anew: `python -I child.py IMAGE FOLDER`, as a process with limits.

Writes FOLDER/<width>.webp for each width, and prints JSON: the width and height of the image, its
average colour and the widths. Imports nothing of the project, so it knows no secret.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
MAX_PIXELS = 50_000_000
WIDTHS = (160, 480, 960, 1920)
QUALITY = 80
CPU_SECONDS = 30
MEMORY_BYTES = 1_500_000_000
FILE_BYTES = 50_000_000
_16_BIT = 256
# Of Exif.
ORIENTATION = 0x0112
QUARTER_TURNS = (5, 6, 7, 8)


def main(source: str, folder: str) -> None:
    limit()
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(source, formats=FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise ValueError("too many pixels")
        # A JPEG is decoded at a half, a quarter or an eighth of its size, if that suffices.
        is_turned = image.getexif().get(ORIENTATION, 1) in QUARTER_TURNS
        width, height = image.size[::-1] if is_turned else image.size
        image.draft(None, (max(WIDTHS), max(WIDTHS)))
        picture = normalized(image)
    widths = rendition_widths(width)
    for each in reversed(widths):
        lines = max(1, round(height * each / width))
        picture = picture.resize((each, lines), Image.Resampling.LANCZOS, reducing_gap=2.0)
        picture.save(Path(folder) / f"{each}.webp", "WEBP", quality=QUALITY, method=4)
    result = {"width": width, "height": height, "color": color_of(picture), "widths": widths}
    sys.stdout.write(json.dumps(result))


def limit() -> None:
    """Limit the CPU time, the memory and the files of this process."""
    for kind, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def rendition_widths(width: int) -> list[int]:
    """Return the widths to make of an image: never larger, and its own if it is smaller."""
    smaller = [each for each in WIDTHS if each < width]
    return smaller if width > max(WIDTHS) else [*smaller, width]


def normalized(image: Image.Image) -> Image.Image:
    """Return the first frame, upright, in sRGB, without metadata."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda value: value / _16_BIT).convert("L")
    picture: Image.Image = ImageOps.exif_transpose(image)
    alpha = picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
    if picture.mode not in {"RGB", "CMYK", "L"}:
        picture = picture.convert("RGB")
    if profile:
        picture = in_srgb(picture, profile)
    picture = picture.convert("RGB")
    if alpha is not None:
        picture.putalpha(alpha)
    picture.info = {}
    return picture


def in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):  # a profile of another mode, or none
        return picture
    return converted or picture


def color_of(picture: Image.Image) -> str:
    """Return the average colour on a white ground, such as #c0ffee."""
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    pixel: Any = ground.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    return "#{:02x}{:02x}{:02x}".format(*pixel)


if __name__ == "__main__":
    main(*sys.argv[1:])
