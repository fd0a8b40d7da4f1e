"""Turned objects: a profile that is rotated about a vertical axis, seen slightly from above."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from PIL import Image, ImageChops

from apps.demo.drawing.canvas import Canvas, Mask
from apps.demo.drawing.colours import CLAY, INK, WHITE, Colour, darker, lighter, mix
from apps.demo.drawing.paths import Path, Point, arc, ellipse, smooth

#: The height of a horizontal circle, relative to its width.
TILT = 0.17
_STRIP = 256


@dataclass(frozen=True)
class Finish:
    """The surface of a turned object; `foot` is the height of the part without glaze."""

    glaze: Colour
    inside: Colour
    clay: Colour = CLAY
    foot: float = 0
    band: Colour | None = None
    speckles: int = 0
    shine: float = 0.5
    seed: int = 0

    def without_foot(self) -> Finish:
        return replace(self, foot=0)


@dataclass(frozen=True)
class Turned:
    """A profile: heights above the ground with the radius there, from the top down."""

    x: float
    floor: float
    points: Sequence[tuple[float, float]]
    finish: Finish
    wall: float = 9
    tilt: float = TILT
    rows: list[Point] = field(init=False)

    def __post_init__(self) -> None:
        curve = smooth([(radius, -height) for height, radius in self.points], closed=False)
        object.__setattr__(self, "rows", [(self.floor + y, max(r, 0.5)) for r, y in curve])

    @property
    def top(self) -> Point:
        return self.rows[0]

    def radius_at(self, y: float) -> float:
        for (y0, r0), (y1, r1) in zip(self.rows, self.rows[1:], strict=False):
            if min(y0, y1) <= y <= max(y0, y1):
                return r0 + (r1 - r0) * (y - y0) / ((y1 - y0) or 1)
        return self.rows[-1][1]

    def surface(self) -> list[Point]:
        """Return the rows, and what the circles at both ends add above and below them."""
        (top, mouth), (bottom, foot) = self.rows[0], self.rows[-1]
        above = (top - mouth * self.tilt - 2, mouth + 1)
        below = (bottom + foot * self.tilt + 2, foot + 1)
        return [above, *((y, radius + 1) for y, radius in self.rows), below]

    def outline(self) -> Path:
        (top, mouth), (bottom, foot) = self.rows[0], self.rows[-1]
        left = [(self.x - radius, y) for y, radius in self.rows]
        right = [(self.x + radius, y) for y, radius in reversed(self.rows)]
        base = arc(self.x, bottom, foot, foot * self.tilt, 180, 0)
        rim = arc(self.x, top, mouth, mouth * self.tilt, 0, -180)
        return [*left, *base, *right, *rim]

    def below(self, y: float, wave: Callable[[float], float] = lambda _: 0.0) -> Path:
        """Return the part of the surface under a circle at the height of `y`."""
        radius = self.radius_at(y) * 1.02
        edge = [
            (
                self.x + radius * math.cos(a),
                y + radius * self.tilt * math.sin(a) + wave(a),
            )
            for a in (math.pi * (1 - step / 48) for step in range(49))
        ]
        far = max(radius for _, radius in self.rows) + 50
        low = self.rows[-1][0] + far
        return [
            (self.x - far, edge[0][1]), *edge, (self.x + far, edge[-1][1]),
            (self.x + far, low), (self.x - far, low),
        ]  # fmt: skip

    def band(self, upper: float, lower: float) -> Path:
        """Return the part of the surface between two heights."""
        start, end = self.below(upper)[1:-3], self.below(lower)[1:-3]
        return [*start, *reversed(end)]


def paint_turned(canvas: Canvas, body: Turned, *, is_open: bool = True) -> Mask:
    """Paint a turned object and, if it is open, its mouth; return its mask."""
    mask = canvas.shape(body.outline())
    canvas.paint(mask, body.finish.glaze)
    _paint_glaze(canvas, body, mask)
    _paint_light(canvas, body, mask)
    if is_open:
        paint_mouth(canvas, body)
    return mask


def paint_mouth(canvas: Canvas, body: Turned) -> None:
    """Paint the rim and the inside of a vessel."""
    (y, radius), finish = body.top, body.finish
    rim = canvas.shape(ellipse(body.x, y, radius, radius * body.tilt))
    canvas.paint(rim, lighter(finish.glaze, 0.3))
    inner = max(radius - body.wall, 1)
    mouth = canvas.shape(ellipse(body.x, y + 1, inner, inner * body.tilt - 1))
    canvas.paint(mouth, finish.inside)
    shade = canvas.fade((body.x + inner * 0.5, y), (body.x - inner, y - inner * body.tilt))
    canvas.paint(shade, darker(finish.inside, 0.7), 0.9, within=mouth)
    canvas.shade(mouth, finish.inside, depth=-14, strength=0.5)


def paint_band(canvas: Canvas, body: Turned, upper: float, lower: float, colour: Colour) -> None:
    """Paint a band of another colour, between two heights, around a painted object."""
    band = canvas.shape(body.band(upper, lower))
    mask = ImageChops.multiply(band, canvas.shape(body.outline()))
    canvas.paint(mask, colour)
    canvas.paint(_projected(canvas, body, _darkness), darker(colour, 0.8), 0.75, within=mask)
    canvas.paint(_projected(canvas, body, _brightness), lighter(colour, 0.6), 0.45, within=mask)


def _paint_glaze(canvas: Canvas, body: Turned, mask: Mask) -> None:
    finish, floor = body.finish, body.rows[-1][0]
    dice = random.Random(finish.seed)  # noqa: S311 -- a drawing
    phase = dice.uniform(0, 6)
    if finish.band:
        height = floor - body.top[0]
        upper, lower = floor - height * 0.7, floor - height * 0.62
        canvas.paint(canvas.shape(body.band(upper, lower)), finish.band, 0.85, within=mask)
    if finish.foot:
        edge = floor - finish.foot
        bare = body.below(edge, lambda a: 3 * math.sin(3 * a + phase))
        seam = body.below(edge - 5, lambda a: 3 * math.sin(3 * a + phase))
        canvas.paint(canvas.shape(seam), darker(finish.glaze, 0.3), 0.55, within=mask)
        canvas.paint(canvas.shape(bare), finish.clay, within=mask)
    if finish.speckles:
        top = body.top[0]
        dots = []
        for _ in range(finish.speckles):
            y, turn = dice.uniform(top, floor), dice.uniform(-1.5, 1.5)
            x = body.x + body.radius_at(y) * math.sin(turn)
            dots.append((x, y, dice.choice((0.9, 1.2, 1.6, 2.4)) * (0.5 + 0.5 * math.cos(turn))))
        canvas.paint(canvas.dots(dots), mix(finish.glaze, INK, 0.7), 0.6, within=mask)


def _paint_light(canvas: Canvas, body: Turned, mask: Mask) -> None:
    glaze = body.finish.glaze
    canvas.paint(_projected(canvas, body, _darkness), darker(glaze, 0.8), 0.85, within=mask)
    canvas.paint(_projected(canvas, body, _brightness), lighter(glaze, 0.6), 0.5, within=mask)
    canvas.paint(_sloping(canvas, body, -1), darker(glaze, 0.7), 0.42, within=mask)
    canvas.paint(_sloping(canvas, body, 1), lighter(glaze, 0.6), 0.3, within=mask)
    top, floor = body.top[0], body.rows[-1][0]
    height = floor - top
    upper = canvas.fade((0, floor - height * 0.1), (0, floor - height * 0.5))
    if body.finish.shine:
        shine = canvas.blur(_projected(canvas, body, _gloss), 3)
        glint = ImageChops.multiply(mask, upper)
        canvas.paint(shine, WHITE, body.finish.shine, within=glint)
    contact = canvas.fade((0, floor - height * 0.22), (0, floor + body.rows[-1][1] * body.tilt))
    canvas.paint(contact, darker(glaze, 0.7), 0.3, within=mask)


def _darkness(u: float) -> float:
    """Return the shade on a cylinder at -1 (left edge) to 1 (right edge)."""
    lit = max(0.0, -0.62 * u + 0.78 * math.sqrt(1 - u * u))
    bounce = 0.22 * max(0.0, (u - 0.7) / 0.3) ** 1.5
    return max(0.0, 1 - lit - bounce) ** 1.25


def _brightness(u: float) -> float:
    return math.exp(-(((u + 0.48) / 0.3) ** 2))


def _gloss(u: float) -> float:
    return math.exp(-(((u + 0.56) / 0.055) ** 2)) + 0.35 * math.exp(-(((u - 0.84) / 0.05) ** 2))


def _projected(canvas: Canvas, body: Turned, light: Callable[[float], float]) -> Mask:
    """Return a mask with the light at each point of the surface, by its place across the body."""
    strip = Image.new("L", (_STRIP, 1))
    places = [(2 * (column + 0.5) / _STRIP) - 1 for column in range(_STRIP)]
    strip.putdata([min(255, round(255 * light(u))) for u in places])
    mask = canvas.empty()
    for row in canvas.rows(body.x, body.surface()):
        line = strip.resize((row.right - row.left, 1), Image.Resampling.BILINEAR)
        mask.paste(line, (row.left, row.y))
    return mask


def _sloping(canvas: Canvas, body: Turned, sign: int) -> Mask:
    """Return a mask of the surface that faces down (sign -1) or up (sign 1)."""
    mask = canvas.empty()
    for row in canvas.rows(body.x, body.surface()):
        steepness = max(0.0, min(1.0, sign * row.slope))
        mask.paste(round(255 * steepness), (row.left - 9, row.y, row.right + 9, row.y + 1))
    return canvas.blur(mask, 9)
