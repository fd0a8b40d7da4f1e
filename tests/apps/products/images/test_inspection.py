"""Files that are accepted and refused by their content."""

from io import BytesIO

import pytest

from apps.products.images import exceptions
from apps.products.images.inspection import MAX_BYTES, inspect
from tests.apps.products.images.pictures import picture

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_image_is_described_by_its_head(fmt):
    content = picture(fmt)

    info = inspect(BytesIO(content))

    assert (info.format, info.width, info.height, info.size) == (fmt, 300, 200, len(content))
    assert len(info.digest) == 64


@pytest.mark.parametrize(
    "content",
    [
        b"",
        SVG,
        b"<html><script>alert(1)</script>",
        b"%PDF-1.7",
        b"PK\x03\x04",
        SVG + picture(),
        picture("TIFF"),
        picture("BMP"),
        picture("ICO"),
    ],
)
def test_other_content_is_refused(content):
    with pytest.raises(exceptions.UnsupportedImage):
        inspect(BytesIO(content))


def test_damaged_head_is_refused():
    with pytest.raises(exceptions.InvalidImage):
        inspect(BytesIO(picture("PNG")[:20]))


def test_file_over_twenty_megabytes_is_refused():
    content = picture()

    with pytest.raises(exceptions.ImageTooLarge):
        inspect(BytesIO(content + bytes(MAX_BYTES)))
    assert inspect(BytesIO(content + bytes(MAX_BYTES - len(content))))


def test_image_that_webp_cannot_hold_is_refused():
    with pytest.raises(exceptions.TooTallImage):
        inspect(BytesIO(picture("PNG", (10, 16_384), "1")))


def test_image_over_fifty_megapixels_is_refused():
    with pytest.raises(exceptions.TooManyPixels):
        inspect(BytesIO(picture("PNG", (8_000, 7_000), "1")))
    assert inspect(BytesIO(picture("PNG", (8_000, 6_000), "1")))
