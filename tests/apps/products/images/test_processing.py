"""Renditions, made in a separate process."""

import pytest
from PIL import Image

from apps.products.images.exceptions import BrokenImage
from apps.products.images.processing import render, rendition_widths
from tests.apps.products.images.pictures import picture

ORIENTATION, TURNED = 0x0112, 6


def rendered(folder, content):
    source = folder / "source"
    source.write_bytes(content)
    return render(source, folder)


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (1, [1]),
        (160, [160]),
        (161, [160, 161]),
        (500, [160, 480, 500]),
        (1920, [160, 480, 960, 1920]),
        (6000, [160, 480, 960, 1920]),
    ],
)
def test_widths_never_exceed_the_image(width, widths):
    assert rendition_widths(width) == widths


def test_renditions_are_webp_in_each_width(tmp_path):
    result = rendered(tmp_path, picture(size=(1000, 500), color="#204060"))

    assert (result.width, result.height, result.widths) == (1000, 500, [160, 480, 960, 1000])
    for width in result.widths:
        with Image.open(tmp_path / f"{width}.webp") as image:
            assert (image.format, image.size) == ("WEBP", (width, width // 2))
    assert all(
        abs(int(result.color[i : i + 2], 16) - c) < 8 for i, c in ((1, 32), (3, 64), (5, 96))
    )


def test_orientation_is_applied_and_metadata_dropped(tmp_path):
    exif = Image.Exif()
    exif[ORIENTATION], exif[0x010F] = TURNED, "Camera"

    result = rendered(tmp_path, picture(exif=exif))

    assert (result.width, result.height) == (200, 300)
    with Image.open(tmp_path / "200.webp") as image:
        assert (image.size, dict(image.getexif())) == ((200, 300), {})


@pytest.mark.parametrize(
    ("fmt", "mode"),
    [
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "I;16"),
        ("PNG", "1"),
        ("JPEG", "CMYK"),
        ("AVIF", "RGB"),
    ],
)
def test_every_mode_is_rendered(tmp_path, fmt, mode):
    assert rendered(tmp_path, picture(fmt, mode=mode)).widths == [160, 300]


def test_transparency_is_kept(tmp_path):
    rendered(tmp_path, picture("PNG", mode="RGBA", color=(255, 0, 0, 0)))

    with Image.open(tmp_path / "300.webp") as image:
        assert image.convert("RGBA").getpixel((0, 0))[3] == 0


def test_first_frame_of_an_animation_is_rendered(tmp_path):
    frames = [Image.new("RGB", (200, 100), color) for color in ("#ff0000", "#0000ff")]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])

    result = rendered(tmp_path, (tmp_path / "moving.gif").read_bytes())

    assert result.color.startswith(("#fe", "#ff"))


@pytest.mark.parametrize("content", [b"not an image", picture()[:400], picture("PNG")[:-30]])
def test_damaged_image_is_one_exception(tmp_path, content):
    with pytest.raises(BrokenImage):
        rendered(tmp_path, content)


def test_bomb_is_stopped_by_its_limits(tmp_path):
    """57 megapixels in some kilobytes."""
    content = picture("PNG", (8_000, 7_100), "1")
    assert len(content) < 20_000

    with pytest.raises(BrokenImage):
        rendered(tmp_path, content)
