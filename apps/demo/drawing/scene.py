"""The studio around an object: a backdrop that curves into the floor, and shadows."""

from __future__ import annotations

import random

from PIL import Image, ImageChops

from apps.demo.drawing.canvas import Canvas, Mask
from apps.demo.drawing.colours import Colour, darker, lighter
from apps.demo.drawing.paths import Path, ellipse

#: The height at which objects stand.
FLOOR = 800
#: The most that grain changes a pixel by.
_GRAIN = 5


def backdrop(canvas: Canvas, colour: Colour) -> None:
    """Paint a wall that is lit from the upper left, and a floor without a hard edge."""
    everything = canvas.shape([(-900, -900), (1900, -900), (1900, 1900), (-900, 1900)])
    canvas.paint(everything, lighter(colour, 0.2))
    canvas.paint(canvas.fade((250, 100), (900, 800)), darker(colour, 0.12), 0.75)
    floor = canvas.fade((500, 590), (500, 730))
    canvas.paint(floor, lighter(colour, 0.34), 0.85)
    canvas.paint(canvas.fade((500, 760), (500, 1060)), darker(colour, 0.2), 0.5, within=floor)
    glow = canvas.shape(ellipse(300, 240, 320, 300))
    canvas.paint(canvas.blur(glow, 190), lighter(colour, 0.7), 0.5)


def standing_shadow(canvas: Canvas, x: float, width: float, floor: float = FLOOR) -> None:
    """Paint the shadows of an object that stands on the floor, before the object."""
    wide = canvas.shape(ellipse(x + width * 0.24, floor - 2, width * 0.68, width * 0.13 + 10))
    canvas.shadow(wide, 34, 0.3)
    near = canvas.shape(ellipse(x + width * 0.06, floor + 1, width * 0.53, width * 0.075 + 5))
    canvas.shadow(near, 12, 0.45)


def lying_shadow(canvas: Canvas, *paths: Path) -> None:
    """Paint the shadow of a flat object that lies on the ground, before the object."""
    mask = canvas.shape(*paths)
    canvas.shadow(canvas.moved(mask, 22, 30), 26, 0.28)
    canvas.shadow(canvas.moved(mask, 7, 9), 9, 0.3)


def cast(canvas: Canvas, mask: Mask, dx: float = 8, dy: float = 12, blur: float = 10) -> None:
    """Paint the shadow that one part casts on what is painted already."""
    canvas.shadow(canvas.moved(mask, dx, dy), blur, 0.3)


def grained(image: Image.Image, seed: int) -> Image.Image:
    """Return an image with fine grain, without which compression turns gradients into bands."""
    noise = random.Random(seed).randbytes(image.width * image.height)  # noqa: S311 -- a drawing
    centre = [128 + round((value / 127.5 - 1) * _GRAIN) for value in range(256)]
    grain = Image.frombytes("L", image.size, noise).point(centre)
    return ImageChops.add(image, Image.merge("RGB", (grain, grain, grain)), 1, -128)
