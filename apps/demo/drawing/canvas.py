from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from apps.demo.drawing.colours import INK, Colour, darker, lighter
from apps.demo.drawing.paths import Path, Point

UNITS = 1000
#: Masks are drawn so many times larger, and reduced.
_SCALE = 4
#: Blurred masks are computed so many times smaller.
_COARSE = 4
#: The rows of a gradient, and of its constant ends.
_RAMP, _BEYOND = 256, 8192

Mask = Image.Image


class Row(NamedTuple):
    """A row of pixels between two columns; the radius grows by `slope` with each row."""

    y: int
    left: int
    right: int
    slope: float


class Canvas:
    """A square picture that is painted through masks. Coordinates are in units of 1/1000.

    A `zoom` above 1 shows a part of the picture, centred at a point.
    """

    def __init__(self, size: int, *, zoom: float = 1.0, centre: Point = (500, 500)) -> None:
        self.image = Image.new("RGB", (size, size))
        self.size = size
        self._unit = size / UNITS * zoom
        self._left = centre[0] - UNITS / zoom / 2
        self._top = centre[1] - UNITS / zoom / 2

    def empty(self) -> Mask:
        return Image.new("L", (self.size, self.size))

    def shape(self, *paths: Path, holes: Sequence[Path] = ()) -> Mask:
        """Return the mask of closed paths without `holes`."""
        corners = [self._pixels(path) for path in paths]
        inner = [self._pixels(path) for path in holes]

        def draw(pen: ImageDraw.ImageDraw, left: int, top: int) -> None:
            for points, value in [*((p, 255) for p in corners), *((p, 0) for p in inner)]:
                pen.polygon([((x - left) * _SCALE, (y - top) * _SCALE) for x, y in points], value)

        return self._supersampled([point for points in corners for point in points], 2, draw)

    def line(self, path: Path, width: float) -> Mask:
        """Return the mask of a line with round ends."""
        points, half = self._pixels(path), width * self._unit * _SCALE / 2

        def draw(pen: ImageDraw.ImageDraw, left: int, top: int) -> None:
            large = [((x - left) * _SCALE, (y - top) * _SCALE) for x, y in points]
            pen.line(large, 255, max(1, round(2 * half)), joint="curve")
            for x, y in (large[0], large[-1]):
                pen.ellipse((x - half, y - half, x + half, y + half), 255)

        return self._supersampled(points, 2 + math.ceil(half / _SCALE), draw)

    def dots(self, dots: Sequence[tuple[float, float, float]]) -> Mask:
        """Return the mask of circles: x, y and radius."""
        centres = self._pixels([(x, y) for x, y, _ in dots])
        radii = [radius * self._unit * _SCALE for *_, radius in dots]

        def draw(pen: ImageDraw.ImageDraw, left: int, top: int) -> None:
            for (x, y), radius in zip(centres, radii, strict=True):
                px, py = (x - left) * _SCALE, (y - top) * _SCALE
                pen.ellipse((px - radius, py - radius, px + radius, py + radius), 255)

        return self._supersampled(centres, 2 + math.ceil(max(radii) / _SCALE), draw)

    def blur(self, mask: Mask, radius: float) -> Mask:
        side = max(1, mask.width // _COARSE), max(1, mask.height // _COARSE)
        small = mask.resize(side, Image.Resampling.BOX)
        small = small.filter(ImageFilter.GaussianBlur(radius * self._unit / _COARSE))
        return small.resize(mask.size, Image.Resampling.BILINEAR)

    def moved(self, mask: Mask, dx: float, dy: float) -> Mask:
        moved = Image.new("L", mask.size)
        moved.paste(mask, (round(dx * self._unit), round(dy * self._unit)))
        return moved

    def paint(
        self, mask: Mask, colour: Colour, opacity: float = 1, *, within: Mask | None = None
    ) -> None:
        box = (mask if within is None else within).getbbox()
        if box is None:
            return
        mask = mask.crop(box)
        if within is not None:
            mask = ImageChops.multiply(mask, within.crop(box))
        if opacity < 1:
            mask = mask.point([round(value * opacity) for value in range(256)])
        self.image.paste(colour, box, mask)

    def body(self, mask: Mask, colour: Colour, *, depth: float = 40, strength: float = 1) -> Mask:
        """Paint a rounded body that is lit from the upper left; return its mask."""
        self.paint(mask, colour)
        self.shade(mask, colour, depth=depth, strength=strength)
        return mask

    def shade(self, mask: Mask, colour: Colour, *, depth: float = 40, strength: float = 1) -> None:
        """Darken the right and lower edge inside a mask, and lighten the others."""
        box = mask.getbbox()
        if box is None:
            return
        margin = math.ceil(2 * abs(depth) * self._unit) + _COARSE
        box = (box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin)
        part = mask.crop(box)
        for dx, dy, tone, opacity in (
            (-0.7, -0.5, darker(colour, 0.55), 0.75),
            (0.6, 0.5, lighter(colour, 0.45), 0.55),
        ):
            rest = self.blur(self.moved(part, dx * depth, dy * depth), depth * 0.55)
            edge = ImageChops.multiply(ImageChops.invert(rest), part)
            strong = edge.point([round(value * opacity * strength) for value in range(256)])
            self.image.paste(tone, box[:2], strong)

    def fade(self, start: Point, end: Point) -> Mask:
        """Return a mask that grows from 0 at `start` to 255 at `end`."""
        (x0, y0), (x1, y1) = self._pixels([start, end])
        dx, dy = x1 - x0, y1 - y0
        square = (dx * dx + dy * dy) or 1
        a, b = _RAMP * dx / square, _RAMP * dy / square
        first = -(x0 * a + y0 * b) + _BEYOND
        ramp = Image.new("L", (3, _RAMP + 2 * _BEYOND))
        ramp.paste(Image.linear_gradient("L").resize((3, _RAMP)), (0, _BEYOND))
        ramp.paste(255, (0, _BEYOND + _RAMP, 3, ramp.height))
        side = max(1, self.size // _COARSE)
        step = self.size / side
        rows = (0, 0, 1.5, a * step, b * step, first)
        coarse = ramp.transform(
            (side, side), Image.Transform.AFFINE, rows, Image.Resampling.BILINEAR
        )
        return coarse.resize((self.size, self.size), Image.Resampling.BICUBIC)

    def shadow(self, mask: Mask, blur: float, opacity: float, colour: Colour = INK) -> None:
        self.paint(self.blur(mask, blur), colour, opacity)

    def rows(self, x: float, profile: Sequence[Point]) -> Iterator[Row]:
        """Yield each row of pixels of a symmetric body, from points of (y, radius) downwards."""
        for (y0, r0), (y1, r1) in pairwise(profile):
            start, end = self._row(y0), self._row(y1)
            for row in range(max(start, 0), min(end, self.size)):
                radius = r0 + (r1 - r0) * (row - start) / (end - start)
                left = round((x - radius - self._left) * self._unit)
                right = round((x + radius - self._left) * self._unit)
                yield Row(row, left, max(right, left + 1), (r1 - r0) / ((y1 - y0) or 1))

    def _row(self, y: float) -> int:
        return round((y - self._top) * self._unit)

    def _pixels(self, path: Path) -> Path:
        return [((x - self._left) * self._unit, (y - self._top) * self._unit) for x, y in path]

    def _supersampled(self, points: Path, margin: int, draw: Any) -> Mask:
        """Return the mask that `draw` makes on a larger image of the points' surroundings."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        left, top = max(0, int(min(xs)) - margin), max(0, int(min(ys)) - margin)
        right = min(self.size, math.ceil(max(xs)) + margin)
        bottom = min(self.size, math.ceil(max(ys)) + margin)
        mask = self.empty()
        if right > left and bottom > top:
            width, height = right - left, bottom - top
            large = Image.new("L", (width * _SCALE, height * _SCALE))
            draw(ImageDraw.Draw(large), left, top)
            mask.paste(large.reduce(_SCALE), (left, top))
        return mask
