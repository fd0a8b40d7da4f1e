from __future__ import annotations

from PIL import ImageColor

Colour = tuple[int, int, int]

WHITE: Colour = (255, 252, 246)
INK: Colour = (34, 30, 28)
CLAY: Colour = (196, 164, 130)
WOOD: Colour = (190, 146, 98)
STEEL: Colour = (176, 180, 182)


def parse_colour(text: str) -> Colour:
    """Return the colour of a text such as `#c0ffee`."""
    red, green, blue, *_ = ImageColor.getrgb(text)
    return red, green, blue


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return `one` with a share of `other`, from 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def darker(colour: Colour, share: float = 0.25) -> Colour:
    return mix(colour, mix(INK, colour, 0.15), share)


def lighter(colour: Colour, share: float = 0.25) -> Colour:
    return mix(colour, WHITE, share)
