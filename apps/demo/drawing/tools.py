"""Tools for the trail, lying on the ground."""

from __future__ import annotations

import math
from collections.abc import Callable

from apps.demo.drawing.canvas import Canvas
from apps.demo.drawing.colours import INK, STEEL, WHITE, WOOD, Colour, darker, lighter, mix
from apps.demo.drawing.paths import (
    Path,
    Point,
    arc,
    bezier,
    box,
    curved,
    ellipse,
    points,
    rotated,
    rounded,
    smooth,
)
from apps.demo.drawing.scene import cast, lying_shadow

PAPER: Colour = (240, 232, 212)


def hatchet(canvas: Canvas, main: Colour, accent: Colour) -> None:
    def turned(path: Path) -> Path:
        return rotated(path, 500, 500, 38)

    shaft = turned(
        curved("476,170 470,420 510,640 470,900 500,930 540,920 552,890 560,640 526,420 528,170")
    )
    head = turned(
        [
            (436, 196),
            *curved(
                "436,196 520,196 600,190 700,140 736,220 736,300 700,380 640,320 580,296 520,294"
            ),
            (436, 290),
        ]
    )
    lying_shadow(canvas, shaft, head)
    handle = canvas.body(canvas.shape(shaft), WOOD, depth=20)
    for x in (486, 502, 516):
        grain = turned([*bezier((x, 320), (x + 6, 480), (x + 22, 640), (x - 2, 760))])
        canvas.paint(canvas.line(grain, 2.5), darker(WOOD, 0.4), 0.5, within=handle)
    grip = turned(points("420,770 600,770 600,960 420,960"))
    canvas.paint(canvas.shape(grip), main, within=handle)
    canvas.shade(handle, WOOD, depth=20, strength=0.4)
    canvas.paint(canvas.line(turned([(440, 768), (590, 768)]), 9), accent, within=handle)
    blade = canvas.shape(head)
    cast(canvas, blade, 6, 10, 8)
    canvas.body(blade, mix(STEEL, INK, 0.35), depth=22)
    edge = turned(
        [*curved("646,166 676,220 676,300 646,334"), *curved("700,380 736,300 736,220 700,140")]
    )
    canvas.paint(canvas.shape(edge), lighter(STEEL, 0.5), within=blade)
    canvas.paint(canvas.shape(turned(ellipse(502, 244, 17, 22))), darker(WOOD, 0.2))


def poles(canvas: Canvas, main: Colour, accent: Colour) -> None:
    for x, angle in ((440, -16), (580, 12)):
        _pole(canvas, x, angle, main, accent)


def _pole(canvas: Canvas, x: float, angle: float, main: Colour, accent: Colour) -> None:
    def turned(path: Path) -> Path:
        return rotated([(x + px, py) for px, py in path], x, 500, angle)

    steel = mix(STEEL, WHITE, 0.2)
    parts = [
        (box(-7, 500, 7, 880, 6), steel),
        (box(-9, 250, 9, 560, 6), main),
        (box(-13, 536, 13, 590, 8), INK),
        (rounded("-8,860 8,860 2,930 -2,930", 3), darker(STEEL, 0.4)),
        (rounded("-42,834 42,834 28,856 -28,856", 10), accent),
        (smooth("-12,80 20,76 26,104 16,150 20,200 14,262 -14,262 -18,200 -14,140"), WOOD),
    ]
    lying_shadow(canvas, *(turned(path) for path, _ in parts))
    strap = turned(curved("0,92 -100,120 -90,250 -40,240 -10,230 -30,140 0,96"))
    canvas.body(canvas.line(strap, 11), INK, depth=6)
    for path, colour in parts:
        canvas.body(canvas.shape(turned(path)), colour, depth=9)
    for y in (300, 320, 640, 660):
        canvas.paint(canvas.line(turned([(-7, y), (7, y)]), 5), accent)


def compass(canvas: Canvas, main: Colour, accent: Colour) -> None:
    plate = rotated(box(290, 130, 710, 880, 46), 500, 500, 14)
    lying_shadow(canvas, plate)
    cord = [*bezier((404, 870), (330, 990), (210, 820), (176, 930))]
    canvas.body(canvas.line(cord, 13), accent, depth=7)
    canvas.body(canvas.shape(plate), mix(WHITE, main, 0.22), depth=14, strength=0.7)
    for step in range(13):
        mark = [(306, 190 + step * 22), (306 + (30 if step % 4 == 0 else 18), 190 + step * 22)]
        canvas.paint(
            canvas.line(rotated([(float(a), float(b)) for a, b in mark], 500, 500, 14), 3), INK, 0.6
        )
    arrow = rotated(
        points("500,150 526,200 508,200 508,330 492,330 492,200 474,200"),
        500,
        500,
        14,
    )
    canvas.paint(canvas.shape(arrow), accent)
    x, y = 478, 596
    ring = canvas.shape(ellipse(x, y, 216, 216))
    cast(canvas, ring, 6, 12, 10)
    canvas.body(ring, main, depth=30)
    dial = canvas.shape(ellipse(x, y, 164, 164))
    canvas.body(dial, (246, 244, 236), depth=-16)
    for step in range(36):
        turn = math.radians(step * 10 + 14)
        near = 176 if step % 9 else 170
        ends = [(x + r * math.sin(turn), y - r * math.cos(turn)) for r in (near, 200)]
        canvas.paint(canvas.line(ends, 5 if step % 9 == 0 else 3), WHITE, 0.9)
    for sign, tone in ((1, (208, 64, 44)), (-1, mix(INK, WHITE, 0.15))):
        needle = rotated([(x - 22, y), (x, y - sign * 138), (x + 22, y)], x, y, -28)
        canvas.shadow(canvas.moved(canvas.shape(needle), 6, 10), 6, 0.3)
        canvas.body(canvas.shape(needle), tone, depth=8)
    canvas.body(canvas.shape(ellipse(x, y, 16, 16)), STEEL, depth=8)
    shine = [*arc(x, y, 150, 150, 190, 280), *arc(x + 14, y + 14, 140, 140, 280, 190)]
    canvas.paint(canvas.blur(canvas.shape(shine), 4), WHITE, 0.6)


def trail_map(canvas: Canvas, main: Colour, accent: Colour) -> None:
    whole = points(
        "130,290 316,236 500,290 684,236 870,290 870,760 684,706 500,760 316,706 130,760"
    )
    sheet: Path = [(float(x), float(y)) for x, y in whole]
    lying_shadow(canvas, sheet)
    paper = canvas.body(canvas.shape(sheet), PAPER, depth=10, strength=0.6)
    wood = smooth("100,260 420,230 520,360 400,520 250,560 100,520")
    canvas.paint(canvas.shape(wood), lighter(main, 0.55), 0.8, within=paper)
    grove = smooth("620,600 760,540 900,620 900,800 640,800")
    canvas.paint(canvas.shape(grove), lighter(main, 0.45), 0.8, within=paper)
    for step in range(6):
        size = 210 - step * 34
        hill = smooth(
            [
                (640 - size, 420),
                (640 - size * 0.4, 420 - size * 0.7),
                (640 + size * 0.6, 420 - size * 0.6),
                (640 + size * 1.05, 440),
                (640 + size * 0.4, 420 + size * 0.66),
                (640 - size * 0.5, 420 + size * 0.5),
            ]
        )
        canvas.paint(canvas.line([*hill, hill[0]], 3), darker(WOOD, 0.1), 0.6, within=paper)
    river = smooth("120,640 260,610 380,660 520,600 600,680 760,780", closed=False)
    canvas.paint(canvas.line(river, 15), (120, 166, 190), 0.9, within=paper)
    trail = smooth(
        "190,690 250,520 390,470 470,400 560,440 640,400 740,330 810,400",
        closed=False,
    )
    for start in range(0, len(trail) - 6, 9):
        canvas.paint(canvas.line(trail[start : start + 6], 8), accent, within=paper)
    canvas.paint(canvas.dots([(190, 690, 13), (640, 400, 13), (810, 400, 13)]), darker(accent, 0.2))
    for index, left in enumerate((130, 316, 500, 684)):
        fold = canvas.shape([sheet[index], sheet[index + 1], sheet[8 - index], sheet[9 - index]])
        edges: list[Point] = [(left, 0), (left + 190, 0)]
        near, far = edges if index % 2 else edges[::-1]
        canvas.paint(canvas.fade(near, far), darker(WOOD, 0.5), 0.22, within=fold)


def headlamp(canvas: Canvas, main: Colour, accent: Colour) -> None:
    strap = curved("330,520 200,330 360,180 500,180 640,180 800,330 670,520")
    inner = curved("330,600 210,480 330,330 500,320 670,330 790,480 670,600")
    band: Path = [*strap, *reversed(inner)]
    lying_shadow(canvas, band)
    mask = canvas.body(canvas.shape(band), main, depth=26)
    middle = [
        ((x0 + x1) / 2, (y0 + y1) / 2) for (x0, y0), (x1, y1) in zip(strap, inner, strict=True)
    ]
    canvas.paint(canvas.line(middle, 12), accent, within=mask)
    lamp = rounded("310,490 690,490 712,650 640,770 360,770 288,650", 46)
    lying_shadow(canvas, lamp)
    canvas.body(canvas.shape(lamp), mix(INK, main, 0.2), depth=40)
    ring = canvas.shape(ellipse(500, 630, 116, 116))
    canvas.body(ring, STEEL, depth=16)
    lens = canvas.shape(ellipse(500, 630, 94, 94))
    canvas.body(lens, (250, 244, 220), depth=-18)
    canvas.paint(canvas.blur(canvas.shape(ellipse(500, 630, 220, 220)), 110), (255, 240, 190), 0.55)
    canvas.paint(canvas.blur(canvas.shape(ellipse(500, 630, 46, 46)), 18), WHITE)
    canvas.body(canvas.shape(box(440, 470, 560, 506, 14)), accent, depth=10)
    for x, colour in ((345, accent), (655, STEEL)):
        canvas.body(canvas.shape(ellipse(x, 690, 20, 20)), colour, depth=8)


DRAWINGS: dict[str, tuple[Callable[[Canvas, Colour, Colour], object], float]] = {
    "hatchet": (hatchet, 0.0),
    "poles": (poles, 0.0),
    "compass": (compass, 0.0),
    "map": (trail_map, 0.0),
    "headlamp": (headlamp, 0.0),
}
