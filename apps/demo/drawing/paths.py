"""Closed and open lines as lists of points, in units of a thousandth of the picture's side.

Where points are given, a text such as `10,20 30,40` may stand for them, as in SVG.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Point = tuple[float, float]
Path = list[Point]
Points = str | Sequence[Point]

_STEPS = 28


def points(text: str) -> Path:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in text.split())]


def smooth(through: Points, *, closed: bool = True) -> Path:
    """Return a centripetal Catmull-Rom spline through the points.

    Unlike a uniform one, it does not overshoot between points of different distances.
    """
    corners = _as_path(through)
    if closed:
        ends = [corners[-1], *corners, corners[0], corners[1]]
    else:
        before = _between(corners[1], corners[0], 2)
        ends = [before, *corners, _between(corners[-2], corners[-1], 2)]
    path: Path = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        path += [_spline(a, b, c, d, step / _STEPS) for step in range(_STEPS)]
    return path if closed else [*path, corners[-1]]


def rounded(corners: Points, radius: float | Sequence[float]) -> Path:
    """Return a polygon whose corners are quadratic Bezier curves; one radius, or one for each."""
    polygon = _as_path(corners)
    radii = [radius] * len(polygon) if isinstance(radius, int | float) else list(radius)
    path: Path = []
    for index, corner in enumerate(polygon):
        before, after = polygon[index - 1], polygon[(index + 1) % len(polygon)]
        start = _towards(corner, before, radii[index])
        end = _towards(corner, after, radii[index])
        path += bezier(start, corner, corner, end)
    return path


def curved(line: Points) -> Path:
    """Return cubic Bezier curves: a point, and for each curve two control points and its end."""
    corners = _as_path(line)
    path: Path = []
    for index in range(0, len(corners) - 1, 3):
        a, b, c, d = corners[index : index + 4]
        path += bezier(a, b, c, d)
    return path


def bezier(a: Point, b: Point, c: Point, d: Point) -> Path:
    """Return a cubic Bezier curve from `a` to `d`, drawn towards `b` and `c`."""
    path: Path = []
    for step in range(_STEPS + 1):
        t = step / _STEPS
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        x = sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True))
        y = sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True))
        path.append((x, y))
    return path


def ellipse(x: float, y: float, rx: float, ry: float) -> Path:
    return arc(x, y, rx, ry, 0, 360)


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Path:
    """Return a part of an ellipse; degrees run clockwise from the right."""
    steps = 72
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + rx * math.cos(angle), y + ry * math.sin(angle)) for angle in angles]


def box(left: float, top: float, right: float, bottom: float, radius: float = 0) -> Path:
    """Return a rectangle with rounded corners."""
    return rounded([(left, top), (right, top), (right, bottom), (left, bottom)], radius)


def rotated(path: Path, x: float, y: float, degrees: float) -> Path:
    """Turn a path clockwise about a point."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return [
        (x + (px - x) * cosine - (py - y) * sine, y + (px - x) * sine + (py - y) * cosine)
        for px, py in path
    ]


def mirrored(path: Path, x: float) -> Path:
    return [(2 * x - px, py) for px, py in path]


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _as_path(line: Points) -> Path:
    return points(line) if isinstance(line, str) else list(line)


def _towards(corner: Point, other: Point, radius: float) -> Point:
    distance = math.dist(corner, other) or 1
    return _between(corner, other, min(radius / distance, 0.5))


def _spline(a: Point, b: Point, c: Point, d: Point, share: float) -> Point:
    """Return a point between `b` and `c`, by the algorithm of Barry and Goldman."""
    t1 = math.sqrt(math.dist(a, b))
    t2 = t1 + math.sqrt(math.dist(b, c))
    t3 = t2 + math.sqrt(math.dist(c, d))
    t = t1 + (t2 - t1) * share
    ab = _between(a, b, t / t1)
    bc = _between(b, c, share)
    cd = _between(c, d, (t - t2) / (t3 - t2))
    return _between(_between(ab, bc, t / t2), _between(bc, cd, (t - t1) / (t3 - t1)), share)
