"""Every picture of the demo shops, drawn small."""

from dataclasses import replace

import pytest
from PIL import Image

from apps.demo.catalogue import CODES, demo_shop, pictures_of
from apps.demo.drawing.pictures import GEAR, POTTERY, SIZE, Picture, draw, encode

SMALL = 24
PICTURES = [
    each.picture
    for shop in map(demo_shop, CODES)
    for product in shop.products
    for each in pictures_of(shop, product)
]
MUG = Picture(kind="mug", colour="#94a387", accent="#e9e3d4", ground="#e7ddd0", speckles=40)


def pixels(picture, size=SMALL):
    return draw(picture, size).tobytes()


def test_every_kind_is_drawn_for_a_product():
    assert {picture.kind for picture in PICTURES} == POTTERY.keys() | GEAR.keys()


def test_pictures_differ():
    assert len({pixels(picture) for picture in PICTURES}) == len(PICTURES)


@pytest.mark.parametrize("kind", [*POTTERY, *GEAR])
def test_same_picture_has_the_same_pixels(kind):
    picture = replace(MUG, kind=kind)

    assert pixels(picture) == pixels(picture)


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "#33456a"},
        {"accent": "#33456a"},
        {"ground": "#c0ffee"},
        {"is_close_up": True},
        {"foot": 40},
        {"band": "#33456a"},
        {"speckles": 0},
        {"seed": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_field_changes_the_picture(change):
    assert pixels(replace(MUG, **change), 120) != pixels(MUG, 120)


@pytest.mark.parametrize("size", [1, SMALL, 121])
def test_picture_has_the_size_asked_for(size):
    image = draw(MUG, size)

    assert (image.size, image.mode) == ((size, size), "RGB")


def test_file_is_a_small_jpeg():
    file = encode(draw(MUG))

    with Image.open(file) as image:
        assert (image.format, image.size) == ("JPEG", (SIZE, SIZE))
    assert 50_000 < len(file.getvalue()) < 250_000


@pytest.mark.parametrize("kind", sorted((POTTERY | GEAR).keys() - {"hammock"}))
def test_object_stays_within_the_picture(kind):
    """The corners show the backdrop: two pictures of other colours agree there."""
    images = [draw(replace(MUG, kind=kind, colour=colour), 60) for colour in ("#000", "#fff")]

    for box in ((0, 0, 60, 1), (0, 0, 1, 60), (59, 0, 60, 60)):
        assert images[0].crop(box).tobytes() == images[1].crop(box).tobytes()
