"""Stoves, pots, bottles and lanterns, most of them turned."""

from __future__ import annotations

from collections.abc import Callable

from apps.demo.drawing.canvas import Canvas
from apps.demo.drawing.colours import INK, STEEL, WHITE, Colour, darker, lighter, mix
from apps.demo.drawing.lathe import Finish, Turned, paint_band, paint_turned
from apps.demo.drawing.paths import arc, bezier, box, curved, ellipse, rounded
from apps.demo.drawing.scene import FLOOR, standing_shadow
from apps.demo.drawing.tableware import Profile, disc, handle

MUG: Profile = [(290, 150), (282, 146), (140, 142), (30, 139), (8, 132), (0, 122)]
POT: Profile = [(220, 216), (212, 210), (100, 208), (34, 204), (10, 192), (0, 176)]
BOTTLE: Profile = [
    (420, 62),
    (400, 68),
    (370, 98),
    (340, 108),
    (180, 108),
    (24, 107),
    (6, 103),
    (0, 96),
]
CAP: Profile = [(96, 60), (88, 66), (8, 66), (0, 62)]
JAR: Profile = [(300, 104), (290, 112), (200, 116), (24, 114), (6, 109), (0, 101)]
JAR_LID: Profile = [(110, 98), (98, 108), (10, 110), (0, 106)]
CANISTER: Profile = [(200, 34), (186, 50), (160, 112), (130, 128), (30, 128), (0, 116)]
METAL = Finish(STEEL, darker(STEEL, 0.2), shine=0.75)


def enamel_mug(canvas: Canvas, main: Colour, accent: Colour) -> None:
    """Paint a mug whose rim has the second colour."""
    finish = Finish(main, (244, 242, 234), shine=0.75)
    standing_shadow(canvas, 500, 150)
    body = Turned(480, FLOOR, MUG, finish, wall=5)
    handle(canvas, (610, 560), (604, 712), 110, main, 22)
    paint_turned(canvas, body)
    y, radius = body.top
    rim = ellipse(480, y, radius, radius * body.tilt)
    inner = ellipse(480, y + 1, radius - 9, (radius - 9) * body.tilt)
    canvas.paint(canvas.shape(rim, holes=[inner]), accent)
    paint_band(canvas, body, y + 6, y + 17, accent)


def cook_pot(canvas: Canvas, main: Colour, accent: Colour) -> None:
    standing_shadow(canvas, 430, 215)
    finish = Finish(mix(STEEL, INK, 0.35), STEEL, shine=0.6)
    canvas.body(canvas.line([(590, 636), (690, 624)], 13), STEEL, depth=7)
    canvas.body(
        canvas.line(bezier((680, 625), (760, 616), (820, 612), (872, 606)), 25), accent, depth=13
    )
    body = Turned(420, FLOOR, POT, finish)
    paint_turned(canvas, body, is_open=False)
    top = body.top[0]
    lid_profile: Profile = [(44, 30), (38, 90), (18, 196), (8, 222), (0, 222)]
    canvas.shadow(canvas.shape(ellipse(420, top + 16, 214, 34)), 6, 0.5)
    lid = Turned(420, top + 6, lid_profile, METAL)
    paint_turned(canvas, lid, is_open=False)
    knob: Profile = [(36, 24), (30, 30), (14, 28), (6, 14), (0, 16)]
    grip = Turned(420, lid.top[0] + 6, knob, Finish(main, main, shine=0.3))
    paint_turned(canvas, grip, is_open=False)
    disc(canvas, (420, grip.top[0]), 24, Finish(main, lighter(main, 0.15)))
    for height in (60, 110, 160):
        mark = arc(420, FLOOR - height, 209, 209 * 0.17, 112, 96)
        canvas.paint(canvas.line(mark, 4), lighter(STEEL, 0.4), 0.8)


def bottle(canvas: Canvas, main: Colour, accent: Colour) -> None:
    standing_shadow(canvas, 500, 108)
    body = Turned(500, FLOOR, BOTTLE, Finish(main, main, shine=0.55))
    paint_turned(canvas, body, is_open=False)
    paint_band(canvas, body, FLOOR - 32, FLOOR - 4, accent)
    top = body.top[0]
    cap = Turned(500, top + 6, CAP, Finish(mix(INK, main, 0.15), INK, shine=0.25))
    canvas.body(canvas.line(arc(500, cap.top[0] + 4, 48, 46, 180, 360), 13), accent, depth=7)
    canvas.shadow(canvas.shape(body.band(top + 2, top + 26)), 6, 0.5)
    paint_turned(canvas, cap, is_open=False)
    disc(canvas, (500, cap.top[0]), 58, Finish(lighter(INK, 0.25), mix(INK, WHITE, 0.14)))
    _peaks(canvas, 470, 640, lighter(main, 0.75))


def food_jar(canvas: Canvas, main: Colour, accent: Colour) -> None:
    standing_shadow(canvas, 500, 116)
    body = Turned(500, FLOOR, JAR, Finish(main, main, shine=0.5))
    paint_turned(canvas, body, is_open=False)
    collar = Turned(500, body.top[0] + 12, [(22, 104), (0, 106)], METAL)
    paint_turned(canvas, collar, is_open=False)
    lid = Turned(500, collar.top[0] + 4, JAR_LID, Finish(accent, accent, shine=0.4))
    paint_turned(canvas, lid, is_open=False)
    disc(canvas, (500, lid.top[0]), 96, Finish(accent, lighter(accent, 0.15)))
    _peaks(canvas, 470, 660, lighter(main, 0.75))


def _peaks(canvas: Canvas, x: float, y: float, colour: Colour) -> None:
    """Paint the mark of the brand: two peaks."""
    left = [(x - 34, y + 34), (x, y - 20), (x + 22, y + 16), (x + 10, y + 34)]
    right = [(x + 16, y + 34), (x + 36, y + 4), (x + 56, y + 34)]
    canvas.paint(canvas.shape(rounded(left, 3), rounded(right, 3)), colour, 0.9)


def stove(canvas: Canvas, main: Colour, accent: Colour) -> None:
    standing_shadow(canvas, 500, 130)
    body = Turned(500, FLOOR, CANISTER, Finish(main, main, shine=0.55))
    paint_turned(canvas, body, is_open=False)
    paint_band(canvas, body, FLOOR - 110, FLOOR - 44, accent)
    _peaks(canvas, 476, FLOOR - 70, lighter(accent, 0.85))
    valve: Profile = [(96, 20), (60, 20), (52, 34), (16, 34), (8, 24), (0, 24)]
    paint_turned(canvas, Turned(500, body.top[0] + 8, valve, METAL), is_open=False)
    canvas.body(canvas.line([(530, 574), (600, 574)], 9), STEEL, depth=5)
    canvas.body(canvas.shape(box(594, 556, 634, 594, 10)), accent, depth=10)
    for end in ((346, 400), (654, 400)):
        path = bezier((500, 516), (500 + (end[0] - 500) * 0.5, 520), (end[0], 480), end)
        canvas.body(canvas.line(path, 11), STEEL, depth=6)
        canvas.body(
            canvas.line([end, (end[0] + (500 - end[0]) * 0.42, end[1])], 11), STEEL, depth=6
        )
    head: Profile = [(40, 70), (30, 74), (16, 60), (0, 26)]
    burner = Turned(500, 512, head, Finish(mix(STEEL, INK, 0.3), INK, shine=0.4))
    paint_turned(canvas, burner, is_open=False)
    disc(canvas, (500, burner.top[0]), 70, Finish(STEEL, mix(STEEL, INK, 0.55)))
    for index, x in enumerate((448, 474, 500, 526, 552)):
        tall = (34, 48, 56, 48, 34)[index]
        base = burner.top[0] + 4
        flame = curved(
            [
                (x - 13, base),
                (x - 15, base - tall * 0.5),
                (x - 4, base - tall * 0.7),
                (x, base - tall),
                (x + 4, base - tall * 0.7),
                (x + 15, base - tall * 0.5),
                (x + 13, base),
            ]
        )
        canvas.paint(canvas.blur(canvas.shape(flame), 4), (66, 132, 214), 0.85)
        canvas.paint(
            canvas.blur(canvas.shape(ellipse(x, base - 6, 6, 12)), 3), (190, 224, 255), 0.8
        )


def lantern(canvas: Canvas, main: Colour, accent: Colour) -> None:
    standing_shadow(canvas, 500, 130)
    canvas.body(canvas.line(arc(500, 470, 118, 190, 180, 360), 11), darker(STEEL, 0.3), depth=6)
    glow = canvas.blur(canvas.shape(ellipse(500, 570, 230, 210)), 110)
    canvas.paint(glow, (255, 222, 150), 0.6)
    foot: Profile = [(110, 108), (98, 116), (60, 120), (16, 134), (0, 134)]
    base = Turned(500, FLOOR, foot, Finish(main, main, shine=0.4))
    paint_turned(canvas, base, is_open=False)
    disc(canvas, (500, base.top[0]), 106, Finish(main, darker(main, 0.3)))
    warm = (255, 226, 164)
    glass: Profile = [(190, 88), (170, 98), (90, 104), (20, 98), (0, 90)]
    globe = Turned(500, base.top[0] + 2, glass, Finish(warm, warm, shine=0.5))
    globe_mask = canvas.shape(globe.outline())
    canvas.paint(globe_mask, warm, 0.95)
    canvas.shade(globe_mask, (226, 170, 96), depth=30)
    core = canvas.blur(canvas.shape(ellipse(500, base.top[0] - 92, 46, 62)), 22)
    canvas.paint(core, (255, 252, 236), within=globe_mask)
    for x in (420, 500, 580):
        wire = bezier(
            (x, base.top[0] + 12), (x + (x - 500) * 0.3, 620), (x + (x - 500) * 0.3, 560), (x, 506)
        )
        canvas.body(canvas.line(wire, 6), darker(STEEL, 0.35), depth=3)
    hat: Profile = [(86, 26), (76, 34), (50, 74), (18, 108), (4, 112), (0, 108)]
    top = Turned(500, globe.top[0] + 10, hat, Finish(main, main, shine=0.45))
    paint_turned(canvas, top, is_open=False)
    knob = Turned(
        500, top.top[0] + 6, [(22, 14), (18, 18), (4, 18), (0, 14)], Finish(accent, accent)
    )
    paint_turned(canvas, knob, is_open=False)
    canvas.body(canvas.shape(box(478, FLOOR - 46, 522, FLOOR - 14, 12)), accent, depth=8)


DRAWINGS: dict[str, tuple[Callable[[Canvas, Colour, Colour], object], float]] = {
    "enamel mug": (enamel_mug, 1.75),
    "cook pot": (cook_pot, 1.18),
    "bottle": (bottle, 1.15),
    "food jar": (food_jar, 1.4),
    "stove": (stove, 1.4),
    "lantern": (lantern, 1.2),
}
