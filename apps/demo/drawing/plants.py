"""Pots with plants."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from apps.demo.drawing.canvas import Canvas
from apps.demo.drawing.colours import darker, lighter, mix
from apps.demo.drawing.lathe import Finish, Turned, paint_turned
from apps.demo.drawing.paths import Path, curved, ellipse, rotated
from apps.demo.drawing.scene import FLOOR, cast, standing_shadow
from apps.demo.drawing.tableware import Profile

POT: Profile = [(250, 172), (236, 172), (120, 150), (20, 128), (0, 126)]
SMALL_POT: Profile = [(170, 116), (158, 116), (80, 104), (10, 92), (0, 90)]


def planter(canvas: Canvas, profile: Profile, finish: Finish) -> None:
    """Paint a pot with a rubber plant, or a small one on a tray with thyme."""
    body = Turned(500, FLOOR, profile, finish)
    (top, radius) = body.top
    standing_shadow(canvas, 500, radius)
    if profile is SMALL_POT:
        base: Profile = [(22, 128), (18, 128), (4, 108), (0, 106)]
        tray = Turned(500, FLOOR + 12, base, finish.without_foot())
        paint_turned(canvas, tray)
        body = replace(body, floor=FLOOR - 2)
        top = body.top[0]
    paint_turned(canvas, body)
    soil = canvas.shape(ellipse(500, top + 8, radius - 14, (radius - 14) * 0.14))
    canvas.paint(soil, (64, 50, 42))
    dice = random.Random(7)  # noqa: S311 -- a drawing
    if profile is POT:
        for angle, size in (
            (-68, 230),
            (62, 220),
            (-36, 290),
            (34, 300),
            (-6, 340),
            (16, 220),
            (-18, 210),
        ):
            _leaf(canvas, (500 + angle * 0.5, top + 6), angle, size, dice)
    else:
        for _ in range(34):
            turn = dice.uniform(-42, 42)
            _sprig(canvas, (500 + turn * 1.6, top + 6), turn, dice.uniform(90, 190), dice)


def _leaf(
    canvas: Canvas, root: tuple[float, float], angle: float, size: float, dice: random.Random
) -> None:
    x, y = root
    green = mix((72, 104, 70), (112, 140, 92), dice.random())
    stalk = rotated([(x, y), (x, y - size * 0.5)], x, y, angle)
    canvas.paint(canvas.line(stalk, 5), darker(green, 0.2))
    tip = y - size
    half = size * 0.2
    blade: Path = curved(
        [
            (x, y - size * 0.34),
            (x - half * 1.3, y - size * 0.5),
            (x - half, y - size * 0.85),
            (x, tip),
            (x + half, y - size * 0.85),
            (x + half * 1.3, y - size * 0.5),
            (x, y - size * 0.34),
        ]
    )
    mask = canvas.shape(rotated(blade, x, y, angle))
    cast(canvas, mask, 8, 12, 8)
    canvas.body(mask, green, depth=18)
    vein = rotated([(x, y - size * 0.34), (x, tip + size * 0.05)], x, y, angle)
    canvas.paint(canvas.line(vein, 2.5), lighter(green, 0.35), 0.8)


def _sprig(
    canvas: Canvas, root: tuple[float, float], angle: float, size: float, dice: random.Random
) -> None:
    x, y = root
    green = mix((92, 124, 84), (146, 168, 116), dice.random())
    stalk = rotated([(x, y), (x, y - size)], x, y, angle)
    canvas.paint(canvas.line(stalk, 3), darker(green, 0.25))
    leaves = []
    for step in range(4, 11):
        height, side = y - size * step / 10, 1 if step % 2 else -1
        leaf = rotated(ellipse(x + side * 11, height, 12, 6), x, height, -side * 32)
        leaves.append(rotated(leaf, x, y, angle))
    canvas.body(canvas.shape(*leaves), green, depth=6)


DRAWINGS: dict[str, tuple[Callable[[Canvas, Finish], object], float]] = {
    "planter": (lambda c, f: planter(c, POT, f), 1.12),
    "herb pot": (lambda c, f: planter(c, SMALL_POT, f), 1.5),
}
