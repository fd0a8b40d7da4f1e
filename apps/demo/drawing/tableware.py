"""Cups, bowls and plates of the pottery."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace

from apps.demo.drawing.canvas import Canvas
from apps.demo.drawing.colours import INK, WOOD, Colour, darker, lighter, mix
from apps.demo.drawing.lathe import Finish, Turned, paint_mouth, paint_turned
from apps.demo.drawing.paths import Point, bezier, ellipse, smooth
from apps.demo.drawing.scene import FLOOR, cast, standing_shadow

Profile = list[tuple[float, float]]

MUG: Profile = [(300, 150), (285, 150), (120, 156), (40, 148), (8, 122), (0, 116)]
ESPRESSO: Profile = [(190, 108), (180, 108), (90, 104), (30, 82), (6, 62), (0, 60)]
CUP: Profile = [(190, 170), (180, 168), (100, 150), (40, 104), (10, 70), (0, 68)]
TEA_BOWL: Profile = [(215, 160), (205, 160), (110, 150), (48, 112), (20, 72), (0, 70)]
BOWL: Profile = [(230, 300), (220, 298), (130, 262), (60, 190), (24, 118), (0, 114)]
SMALL_BOWL: Profile = [(190, 215), (180, 214), (100, 192), (44, 138), (16, 88), (0, 86)]
SHALLOW: Profile = [(120, 320), (112, 318), (66, 272), (30, 190), (14, 130), (0, 126)]
MORTAR: Profile = [(230, 190), (218, 194), (130, 182), (60, 146), (30, 130), (0, 148)]


def vessel(canvas: Canvas, profile: Profile, finish: Finish, x: float = 500) -> Turned:
    """Paint an open vessel with its shadow."""
    body = Turned(x, FLOOR, profile, finish)
    standing_shadow(canvas, x, max(radius for _, radius in profile))
    paint_turned(canvas, body)
    return body


def handled(canvas: Canvas, profile: Profile, finish: Finish, x: float = 480) -> None:
    """Paint a cup with a handle at its right."""
    body = Turned(x, FLOOR, profile, finish)
    standing_shadow(canvas, x + 20, body.radius_at(FLOOR - 40) * 1.1)
    height = profile[0][0]
    upper, lower = FLOOR - height * 0.84, FLOOR - height * 0.22
    handle(
        canvas,
        (x + body.radius_at(upper) - 12, upper),
        (x + body.radius_at(lower) - 14, lower),
        height * 0.62,
        finish.glaze,
        height * 0.1 + 6,
    )
    paint_turned(canvas, body)


def handle(
    canvas: Canvas, upper: Point, lower: Point, reach: float, colour: Colour, width: float
) -> None:
    """Paint a handle as a bent rod, before the body that it is attached to."""
    out_up = (upper[0] + reach, upper[1] - reach * 0.12)
    out_low = (lower[0] + reach * 1.02, lower[1] + reach * 0.02)
    path = bezier(upper, out_up, out_low, lower)
    canvas.body(canvas.line(path, width), colour, depth=width * 0.55)


def cup_and_saucer(canvas: Canvas, finish: Finish) -> None:
    saucer: Profile = [(34, 270), (20, 236), (8, 160), (0, 118)]
    standing_shadow(canvas, 500, 250)
    plate = Turned(500, FLOOR, saucer, replace(finish.without_foot(), speckles=60))
    paint_turned(canvas, plate, is_open=False)
    y, radius = plate.top
    disc(canvas, (500, y), radius, replace(finish, inside=lighter(finish.glaze, 0.12)))
    well = canvas.shape(ellipse(500, y + 4, 105, 18))
    canvas.shadow(canvas.shape(ellipse(530, y + 8, 150, 26)), 12, 0.4)
    canvas.paint(well, darker(finish.glaze, 0.2), 0.6)
    cup = Turned(490, y + 8, CUP, finish)
    height = CUP[0][0]
    start = (490 + cup.radius_at(y - height * 0.78) - 12, y - height * 0.78)
    end = (490 + cup.radius_at(y - height * 0.2) - 12, y - height * 0.24)
    handle(canvas, start, end, 110, finish.glaze, 25)
    paint_turned(canvas, cup)
    coffee = canvas.shape(ellipse(490, y - height + 17, 146, 19))
    canvas.paint(coffee, (92, 58, 38))
    canvas.paint(canvas.shape(ellipse(480, y - height + 18, 92, 10)), (226, 196, 160), 0.85)


def disc(canvas: Canvas, centre: Point, radius: float, finish: Finish, tilt: float = 0.17) -> None:
    """Paint the upper side of a flat round object: rim, slope and floor."""
    x, y = centre
    rim = canvas.shape(ellipse(x, y, radius, radius * tilt))
    canvas.paint(rim, lighter(finish.glaze, 0.35))
    slope = canvas.shape(ellipse(x, y + 1, radius - 7, (radius - 7) * tilt))
    canvas.paint(slope, finish.inside)
    shade = canvas.fade((x + radius * 0.7, y), (x - radius, y - radius * tilt))
    canvas.paint(shade, darker(finish.inside, 0.5), 0.6, within=slope)


def plate(canvas: Canvas, finish: Finish, radius: float = 350, ratio: float = 1.0) -> None:
    """Paint a plate that lies on the floor, seen from a higher point than the other objects."""
    x, y, tilt = 500, 560, 0.62 * ratio
    canvas.shadow(canvas.shape(ellipse(x + 26, y + 46, radius * 1.0, radius * tilt)), 30, 0.35)
    canvas.shadow(canvas.shape(ellipse(x + 6, y + 24, radius * 0.96, radius * tilt)), 10, 0.4)
    under = canvas.shape(ellipse(x, y + 13, radius * 0.985, radius * tilt))
    canvas.body(under, darker(finish.clay, 0.25), depth=20)
    outer = canvas.shape(ellipse(x, y, radius, radius * tilt))
    canvas.body(outer, finish.glaze, depth=10, strength=0.7)
    if finish.band:
        band = ellipse(x, y, radius * 0.97, radius * tilt * 0.97)
        inner = ellipse(x, y, radius * 0.93, radius * tilt * 0.93)
        canvas.paint(canvas.shape(band, holes=[inner]), finish.band, 0.8)
    slope = canvas.shape(ellipse(x, y + 3, radius * 0.74, radius * tilt * 0.74))
    canvas.paint(slope, darker(finish.inside, 0.16))
    canvas.shade(slope, finish.inside, depth=-22, strength=0.9)
    well = canvas.shape(ellipse(x, y + 9, radius * 0.66, radius * tilt * 0.65))
    canvas.paint(canvas.blur(well, 7), finish.inside)
    canvas.paint(
        canvas.fade((x + 250, y + 220), (x - 300, y - 260)),
        lighter(finish.inside, 0.8),
        0.35,
        within=outer,
    )
    speckle(canvas, (x, y, radius * 0.97, radius * tilt * 0.97), finish)


def speckle(canvas: Canvas, oval: tuple[float, float, float, float], finish: Finish) -> None:
    """Strew dark dots over an ellipse: x, y and both radii."""
    dice = random.Random(finish.seed)  # noqa: S311 -- a drawing
    x, y, rx, ry = oval
    dots = []
    for _ in range(finish.speckles * 2):
        share, turn = math.sqrt(dice.random()), dice.uniform(0, 2 * math.pi)
        place = (x + rx * share * math.cos(turn), y + ry * share * math.sin(turn))
        dots.append((*place, dice.choice((0.9, 1.2, 1.6, 2.2))))
    if dots:
        canvas.paint(canvas.dots(dots), mix(finish.glaze, INK, 0.7), 0.5)


def mortar(canvas: Canvas, finish: Finish) -> None:
    standing_shadow(canvas, 490, 190)
    body = Turned(480, FLOOR, MORTAR, finish, wall=26)
    paint_turned(canvas, body, is_open=False)
    paint_mouth(canvas, body)
    pestle = smooth("470,590 500,582 700,408 722,372 700,350 662,366 470,556")
    mask = canvas.shape(pestle)
    cast(canvas, canvas.shape(ellipse(490, 580, 60, 12)), 10, 6, 12)
    canvas.body(mask, WOOD, depth=22)


DRAWINGS: dict[str, tuple[Callable[[Canvas, Finish], object], float]] = {
    "mug": (lambda c, f: handled(c, MUG, f), 1.7),
    "espresso cup": (lambda c, f: handled(c, ESPRESSO, f), 2.3),
    "cup and saucer": (cup_and_saucer, 1.5),
    "tea bowl": (lambda c, f: vessel(c, TEA_BOWL, f), 2.1),
    "bowl": (lambda c, f: vessel(c, BOWL, f), 1.35),
    "small bowl": (lambda c, f: vessel(c, SMALL_BOWL, f), 1.75),
    "shallow bowl": (lambda c, f: vessel(c, SHALLOW, f), 1.3),
    "plate": (plate, 1.1),
    "small plate": (lambda c, f: plate(c, f, 270), 1.1),
    "platter": (lambda c, f: plate(c, f, 400, 0.72), 1.1),
    "mortar": (mortar, 1.45),
}
