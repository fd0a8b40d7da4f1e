"""Vases, jars, jugs and what else the pottery turns; some with lids or candles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from apps.demo.drawing.canvas import Canvas
from apps.demo.drawing.colours import CLAY, INK, WHITE, WOOD, darker, lighter, mix
from apps.demo.drawing.lathe import Finish, Turned, paint_turned
from apps.demo.drawing.paths import box, ellipse, points, rotated, smooth
from apps.demo.drawing.scene import FLOOR, lying_shadow, standing_shadow
from apps.demo.drawing.tableware import Profile, disc, handle, vessel

TALL: Profile = [
    (520, 84),
    (505, 76),
    (440, 66),
    (330, 112),
    (200, 140),
    (80, 118),
    (14, 86),
    (0, 84),
]
BUD: Profile = [(300, 36), (292, 30), (230, 26), (170, 62), (100, 106), (40, 98), (8, 66), (0, 64)]
MOON: Profile = [
    (372, 84),
    (360, 80),
    (340, 104),
    (280, 178),
    (190, 210),
    (100, 186),
    (30, 110),
    (0, 84),
]
JUG: Profile = [(340, 92), (326, 86), (260, 92), (170, 132), (90, 140), (24, 108), (0, 98)]
TEAPOT: Profile = [(212, 78), (200, 96), (160, 148), (100, 166), (46, 142), (10, 96), (0, 92)]
JAR: Profile = [(270, 132), (250, 138), (130, 140), (30, 134), (6, 122), (0, 120)]
SALT: Profile = [(150, 116), (140, 120), (80, 126), (26, 116), (4, 98), (0, 96)]
OIL: Profile = [
    (400, 34),
    (388, 30),
    (330, 30),
    (280, 60),
    (230, 98),
    (120, 106),
    (24, 100),
    (0, 92),
]
POT: Profile = [(250, 172), (236, 172), (120, 150), (20, 128), (0, 126)]
WOODEN = Finish(WOOD, WOOD, shine=0)


def lidded(canvas: Canvas, profile: Profile, finish: Finish) -> None:
    """Paint a jar with a wooden lid."""
    body = vessel(canvas, profile, finish)
    top, radius = body.top
    lid: Profile = [(32, radius - 2), (26, radius + 4), (6, radius + 4), (0, radius)]
    canvas.shadow(canvas.shape(ellipse(500, top + 14, radius * 0.97, radius * 0.17)), 6, 0.5)
    wood = Turned(500, top + 4, lid, WOODEN)
    paint_turned(canvas, wood, is_open=False)
    disc(canvas, (500, wood.top[0]), radius - 2, replace(WOODEN, inside=lighter(WOOD, 0.12)))
    knob: Profile = [(40, 16), (36, 22), (22, 22), (8, 12), (0, 14)]
    canvas.shadow(canvas.shape(ellipse(508, wood.top[0] + 3, 26, 7)), 5, 0.5)
    grip = Turned(500, wood.top[0] + 2, knob, WOODEN)
    paint_turned(canvas, grip, is_open=False)
    disc(canvas, (500, grip.top[0]), 16, replace(WOODEN, inside=lighter(WOOD, 0.2)))


def teapot(canvas: Canvas, finish: Finish) -> None:
    standing_shadow(canvas, 500, 190)
    body = Turned(500, FLOOR, TEAPOT, finish)
    handle(canvas, (612, 650), (640, 738), 110, finish.glaze, 25)
    spout = smooth("300,622 326,616 366,664 410,690 420,760 360,742 330,690")
    canvas.body(canvas.shape(spout), finish.glaze, depth=24)
    canvas.paint(
        canvas.shape(rotated(ellipse(312, 620, 14, 5), 312, 620, -12)), darker(finish.glaze, 0.6)
    )
    paint_turned(canvas, body, is_open=False)
    top, radius = body.top
    dome: Profile = [(40, 20), (34, 44), (16, radius - 4), (4, radius + 3), (0, radius + 3)]
    canvas.shadow(canvas.shape(ellipse(500, top + 10, radius + 6, 15)), 5, 0.5)
    lid = Turned(500, top + 6, dome, finish.without_foot())
    paint_turned(canvas, lid, is_open=False)
    knob: Profile = [(34, 12), (30, 19), (18, 19), (6, 9), (0, 12)]
    paint_turned(canvas, Turned(500, lid.top[0] + 6, knob, WOODEN), is_open=False)
    disc(canvas, (500, lid.top[0] - 28), 12, replace(WOODEN, inside=lighter(WOOD, 0.2)))


def jug(canvas: Canvas, finish: Finish) -> None:
    standing_shadow(canvas, 500, 145)
    handle(canvas, (580, 496), (612, 690), 112, finish.glaze, 24)
    body = Turned(500, FLOOR, JUG, finish)
    top, radius = body.top
    lip = smooth(
        [
            (500 - radius + 6, top + 6),
            (396, top - 14),
            (378, top - 20),
            (392, top + 8),
            (424, top + 52),
        ]
    )
    canvas.body(canvas.shape(lip), finish.glaze, depth=14)
    paint_turned(canvas, body)
    pour = smooth([(384, top - 17), (412, top - 9), (440, top - 4), (440, top + 6), (414, top + 4)])
    canvas.paint(canvas.shape(pour), darker(finish.inside, 0.3))


def oil_bottle(canvas: Canvas, finish: Finish) -> None:
    body = vessel(canvas, OIL, finish)
    top = body.top[0]
    cork: Profile = [(34, 24), (30, 25), (4, 22), (0, 22)]
    stopper = Turned(500, top + 2, cork, replace(WOODEN, glaze=mix(WOOD, WHITE, 0.2)))
    paint_turned(canvas, stopper, is_open=False)
    disc(canvas, (500, stopper.top[0]), 24, replace(WOODEN, inside=mix(WOOD, WHITE, 0.35)))


def candle(canvas: Canvas, finish: Finish) -> None:
    standing_shadow(canvas, 500, 120)
    base: Profile = [(84, 40), (78, 44), (40, 40), (22, 96), (8, 122), (0, 120)]
    wax: Profile = [(300, 24), (294, 25), (20, 25), (0, 25)]
    ivory = Finish((240, 230, 208), (240, 230, 208), shine=0.15)
    body = Turned(500, FLOOR, base, finish)
    paint_turned(canvas, body)
    stick = Turned(500, body.top[0] + 12, wax, ivory)
    paint_turned(canvas, stick, is_open=False)
    top = stick.top[0]
    disc(canvas, (500, top), 23, replace(ivory, inside=(250, 240, 214)))
    canvas.paint(canvas.line([(500, top), (502, top - 18)], 4), INK)
    flame = smooth(
        [
            (502, top - 92),
            (516, top - 52),
            (518, top - 26),
            (502, top - 12),
            (486, top - 26),
            (489, top - 52),
        ]
    )
    canvas.paint(
        canvas.blur(canvas.shape(ellipse(502, top - 46, 80, 96)), 50), (255, 226, 160), 0.55
    )
    canvas.paint(canvas.blur(canvas.shape(flame), 3), (255, 196, 92))
    core = smooth([(502, top - 62), (510, top - 34), (502, top - 18), (494, top - 34)])
    canvas.paint(canvas.blur(canvas.shape(core), 4), (255, 246, 214))


def cake_stand(canvas: Canvas, finish: Finish) -> None:
    standing_shadow(canvas, 500, 170)
    leg: Profile = [(170, 70), (150, 46), (90, 40), (40, 70), (10, 132), (0, 134)]
    stem = Turned(500, FLOOR, leg, finish)
    paint_turned(canvas, stem, is_open=False)
    top: Profile = [(30, 292), (20, 284), (6, 220), (0, 90)]
    dish = Turned(500, stem.top[0] + 14, top, finish.without_foot())
    paint_turned(canvas, dish, is_open=False)
    disc(canvas, (500, dish.top[0]), 292, replace(finish, inside=lighter(finish.glaze, 0.25)))


def gift_card(canvas: Canvas, finish: Finish) -> None:
    envelope = rotated(box(230, 330, 740, 690, 12), 485, 510, -9)
    card = rotated(box(270, 340, 780, 660, 26), 525, 500, 5)
    lying_shadow(canvas, envelope)
    canvas.body(canvas.shape(envelope), mix(CLAY, WHITE, 0.25), depth=8, strength=0.6)
    flap = rotated(points("230,334 740,334 485,540"), 485, 510, -9)
    canvas.body(canvas.shape(flap), mix(CLAY, WHITE, 0.35), depth=6, strength=0.6)
    lying_shadow(canvas, card)
    front = canvas.shape(card)
    canvas.body(front, finish.glaze, depth=8, strength=0.6)
    pale = lighter(finish.glaze, 0.75)
    for step in range(5):
        ring = rotated(ellipse(680, 500, 50 + 26 * step, 50 + 26 * step), 525, 500, 5)
        canvas.paint(canvas.line(ring, 4), pale, 0.75 - step * 0.12, within=front)
    for width, y, thickness in ((170, 430, 12), (120, 470, 7)):
        line = rotated([(320, y), (320 + width, y)], 525, 500, 5)
        canvas.paint(canvas.line(line, thickness), pale, 0.95)


DRAWINGS: dict[str, tuple[Callable[[Canvas, Finish], object], float]] = {
    "vase": (lambda c, f: vessel(c, TALL, f), 1.22),
    "bud vase": (lambda c, f: vessel(c, BUD, f), 1.95),
    "moon jar": (lambda c, f: vessel(c, MOON, f), 1.5),
    "jug": (jug, 1.65),
    "teapot": (teapot, 1.75),
    "jar": (lambda c, f: lidded(c, JAR, f), 1.5),
    "salt jar": (lambda c, f: lidded(c, SALT, f), 2.1),
    "oil bottle": (oil_bottle, 1.35),
    "candle": (candle, 1.4),
    "cake stand": (cake_stand, 1.3),
    "gift card": (gift_card, 1.0),
}
