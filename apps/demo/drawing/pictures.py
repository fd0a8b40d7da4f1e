from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image

from apps.demo.drawing import camp_kitchen, packs, plants, shelter, tableware, tools, vases
from apps.demo.drawing.canvas import Canvas
from apps.demo.drawing.colours import CLAY, parse_colour
from apps.demo.drawing.lathe import Finish
from apps.demo.drawing.scene import FLOOR, backdrop, grained

#: The side of a picture in pixels, also a width of renditions.
SIZE: Final = 960
QUALITY: Final = 90
#: A close-up is so much larger than the whole.
CLOSE_UP: Final = 1.9
#: The centres of close-ups of what is low, or has its detail elsewhere than others.
CENTRES: Final = {
    "cake stand": (420.0, 690.0),
    "candle": (500.0, 490.0),
    "cook pot": (420.0, 650.0),
    "hatchet": (590.0, 350.0),
    "shallow bowl": (400.0, 715.0),
    "sleeping mat": (670.0, 690.0),
}
POTTERY: Final = {**tableware.DRAWINGS, **vases.DRAWINGS, **plants.DRAWINGS}
GEAR: Final = {
    **shelter.DRAWINGS,
    **camp_kitchen.DRAWINGS,
    **packs.DRAWINGS,
    **tools.DRAWINGS,
}


@dataclass(frozen=True)
class Picture:
    """An object of a kind in its colours, such as `#c0ffee`, before a ground.

    `accent` is the inside of pottery, and the second colour of gear. Pottery may have a foot
    without glaze, of that height, speckles, and a band.
    """

    kind: str
    colour: str
    accent: str
    ground: str
    is_close_up: bool = False
    foot: int = 0
    speckles: int = 0
    band: str = ""
    seed: int = 0


def draw(picture: Picture, size: int = SIZE) -> Image.Image:
    """Return a square image; the same picture has the same pixels."""
    is_pottery = picture.kind in POTTERY
    _, zoom = POTTERY[picture.kind] if is_pottery else GEAR[picture.kind]
    canvas = _canvas(picture, zoom, size)
    wall = Canvas(size, zoom=CLOSE_UP, centre=(430, 440)) if picture.is_close_up else Canvas(size)
    backdrop(wall, parse_colour(picture.ground))
    canvas.image = wall.image
    colour, accent = parse_colour(picture.colour), parse_colour(picture.accent)
    if is_pottery:
        POTTERY[picture.kind][0](canvas, _finish(picture))
    else:
        GEAR[picture.kind][0](canvas, colour, accent)
    return grained(canvas.image, picture.seed)


def encode(image: Image.Image) -> BytesIO:
    """Return a JPEG of an image, as a file."""
    file = BytesIO()
    image.save(file, "JPEG", quality=QUALITY, subsampling=0)
    file.seek(0)
    return file


def _canvas(picture: Picture, zoom: float, size: int) -> Canvas:
    """Return a canvas on which the floor is always at the same height; zoom 0 is a view from above.

    A close-up shows the upper left part, or another one of CENTRES.
    """
    scale = zoom or 1.0
    x, y = 500.0, FLOOR - 270 / zoom if zoom else 500.0
    if not picture.is_close_up:
        return Canvas(size, zoom=scale, centre=(x, y))
    centre = CENTRES.get(picture.kind, (x - 70 / scale, y - 60 / scale))
    return Canvas(size, zoom=scale * CLOSE_UP, centre=centre)


def _finish(picture: Picture) -> Finish:
    return Finish(
        parse_colour(picture.colour),
        parse_colour(picture.accent),
        CLAY,
        picture.foot,
        parse_colour(picture.band) if picture.band else None,
        picture.speckles,
        seed=picture.seed,
    )
