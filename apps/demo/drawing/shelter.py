"""Tents, and what one sleeps and sits on."""

from __future__ import annotations

from collections.abc import Callable

from apps.demo.drawing.canvas import Canvas
from apps.demo.drawing.colours import INK, STEEL, WHITE, WOOD, Colour, darker, lighter, mix
from apps.demo.drawing.paths import (
    Path,
    bezier,
    box,
    curved,
    ellipse,
    mirrored,
    points,
    rounded,
    smooth,
)
from apps.demo.drawing.scene import FLOOR, cast, lying_shadow

ROPE: Colour = (226, 214, 190)


def _ground_shadow(canvas: Canvas, left: float, right: float, height: float = 34) -> None:
    x, half = (left + right) / 2, (right - left) / 2
    canvas.shadow(canvas.shape(ellipse(x + 40, FLOOR, half * 1.04, height)), 26, 0.34)
    canvas.shadow(canvas.shape(ellipse(x + 10, FLOOR + 2, half * 0.99, height * 0.4)), 9, 0.45)


def dome_tent(canvas: Canvas, main: Colour, accent: Colour) -> None:
    _ground_shadow(canvas, 130, 880)
    for start, end in (((300, 560), (90, 806)), ((740, 560), (920, 806))):
        canvas.paint(canvas.line([start, end], 3), ROPE)
        canvas.paint(
            canvas.line([(end[0], end[1] - 8), (end[0] + 6, end[1] + 6)], 7), darker(STEEL, 0.3)
        )
    shell: Path = [(150, FLOOR), *curved("150,800 215,600 350,400 520,392 690,400 800,600 866,800")]
    whole = canvas.body(canvas.shape(shell), main, depth=60)
    side: Path = [
        *curved("520,392 690,400 800,600 866,800"),
        (640, FLOOR),
        *curved("640,800 620,620 580,460 520,392"),
    ]
    canvas.paint(canvas.shape(side), darker(main, 0.3), 0.8, within=whole)
    for pole in ("520,392 580,460 622,640 640,800", "520,392 385,460 290,640 250,800"):
        canvas.paint(canvas.line(curved(pole), 9), accent, within=whole)
    door: Path = [
        *curved("500,470 400,560 350,680 322,790"),
        *curved("598,790 590,680 560,560 500,470"),
    ]
    opening = canvas.shape(door)
    canvas.paint(opening, mix(darker(main, 0.7), INK, 0.5))
    glow = canvas.fade((500, 560), (470, 830))
    canvas.paint(glow, (255, 206, 140), 0.55, within=opening)
    flap: Path = [
        *curved("500,470 560,560 590,680 598,790"),
        *curved("540,790 566,700 540,560 500,470"),
    ]
    canvas.body(canvas.shape(flap), lighter(main, 0.25), depth=14)
    canvas.paint(canvas.line([(150, FLOOR - 3), (866, FLOOR - 3)], 9), darker(main, 0.55))
    vent = rounded("470,424 572,424 596,458 450,458", 12)
    cast(canvas, canvas.shape(vent), 3, 8, 6)
    canvas.body(canvas.shape(vent), accent, depth=10)


def tunnel_tent(canvas: Canvas, main: Colour, accent: Colour) -> None:
    _ground_shadow(canvas, 60, 940)
    canvas.paint(canvas.line([(800, 540), (962, 806)], 3), ROPE)
    shell: Path = [
        (70, FLOOR),
        *curved("90,800 120,470 260,432 350,430 560,420 760,480 800,520 860,580 900,700 920,800"),
    ]
    whole = canvas.body(canvas.shape(shell), main, depth=70)
    front: Path = [(70, FLOOR), *curved("76,800 80,540 170,430 300,430 450,430 520,560 530,800")]
    canvas.body(canvas.shape(front), lighter(main, 0.18), depth=26, strength=0.7)
    for x, top in ((660, 436), (800, 512)):
        rib = bezier((x - 70, top - 6), (x + 30, top + 60), (x + 64, 660), (x + 70, FLOOR))
        canvas.paint(canvas.line(rib, 9), accent, within=whole)
    hoop = curved("74,800 80,540 170,432 300,432 450,432 520,560 528,800")
    canvas.paint(canvas.line(hoop, 10), accent)
    door: Path = [
        (150, FLOOR - 4),
        *curved("150,796 150,600 210,500 300,500 390,500 450,600 452,796"),
    ]
    opening = canvas.shape(door)
    canvas.paint(opening, mix(darker(main, 0.7), INK, 0.5))
    canvas.paint(canvas.fade((300, 570), (290, 850)), (255, 206, 140), 0.55, within=opening)
    for path in (
        [*curved("300,500 390,500 450,600 452,796"), *curved("400,796 420,640 380,540 300,500")],
        [*curved("300,500 210,500 150,600 150,796"), *curved("200,796 182,640 222,540 300,500")],
    ):
        canvas.body(canvas.shape(path), lighter(main, 0.38), depth=12)
    window = rounded("600,560 700,572 724,660 610,654", 18)
    canvas.body(canvas.shape(window), mix(WHITE, main, 0.25), depth=-8, strength=0.6)
    canvas.paint(canvas.line([(70, FLOOR - 3), (918, FLOOR - 3)], 9), darker(main, 0.55))


def tarp(canvas: Canvas, main: Colour, accent: Colour) -> None:
    canvas.shadow(canvas.shape(ellipse(530, FLOOR, 340, 36)), 34, 0.32)
    for x, top in ((140, 470), (870, 420)):
        canvas.body(canvas.line([(x, top), (x, FLOOR)], 14), WOOD, depth=7)
    canvas.paint(canvas.line([(140, 470), (50, FLOOR)], 3), ROPE)
    canvas.paint(canvas.line([(870, 420), (960, FLOOR)], 3), ROPE)
    back: Path = [(140, 474), *curved("140,474 400,470 640,450 870,424"), (760, 560), (300, 600)]
    canvas.body(canvas.shape(back), darker(main, 0.45), depth=30)
    sheet: Path = curved(
        "140,474 400,500 640,470 870,424 850,540 800,640 800,706 600,670 420,690 214,736 "
        "210,640 170,540 140,474"
    )
    mask = canvas.shape(sheet)
    canvas.body(mask, main, depth=50)
    for share in (0.34, 0.67):
        x0, x1 = 140 + 730 * share, 214 + 586 * share
        seam = bezier((x0, 484 - 40 * share), (x0 + 10, 560), (x1, 620), (x1, 730 - 50 * share))
        canvas.paint(canvas.line(seam, 4), darker(main, 0.45), 0.6, within=mask)
    edge = bezier((800, 706), (600, 670), (420, 690), (214, 736))
    canvas.paint(canvas.line(edge, 10), accent, within=mask)
    canvas.paint(canvas.line([(214, 736), (150, FLOOR + 8)], 3), ROPE)
    canvas.paint(canvas.line([(800, 706), (850, FLOOR + 8)], 3), ROPE)


def hammock(canvas: Canvas, main: Colour, accent: Colour) -> None:
    canvas.shadow(canvas.shape(ellipse(520, FLOOR + 10, 320, 30)), 36, 0.34)
    for x in (96, 904):
        trunk = box(x - 34, -40, x + 34, FLOOR + 14, 8)
        canvas.shadow(canvas.shape(ellipse(x + 24, FLOOR + 12, 60, 14)), 10, 0.4)
        canvas.body(canvas.shape(trunk), darker(WOOD, 0.45), depth=30)
        strap = canvas.shape(box(x - 36, 330, x + 36, 356, 4))
        canvas.body(strap, accent, depth=8)
    for side in (False, True):
        for end in (440, 462, 486):
            cord: Path = [(128, 344), (252, end)]
            canvas.paint(canvas.line(mirrored(cord, 500) if side else cord, 4), ROPE)
    far: Path = [
        *curved("244,436 360,590 640,590 756,436"),
        *curved("760,480 640,720 360,720 240,480"),
    ]
    canvas.body(canvas.shape(far), darker(main, 0.4), depth=24)
    near: Path = [
        *curved("238,452 360,640 640,640 762,452"),
        *curved("768,500 650,770 350,770 232,500"),
    ]
    mask = canvas.shape(near)
    canvas.body(mask, main, depth=46)
    for lower in (700, 740):
        fold = bezier((250, 486), (380, lower - 20), (640, lower), (752, 486))
        canvas.paint(canvas.line(fold, 4), darker(main, 0.4), 0.45, within=mask)
    stripe = bezier((236, 462), (360, 655), (640, 655), (764, 462))
    canvas.paint(canvas.line(stripe, 14), accent, within=mask)


def sleeping_bag(canvas: Canvas, main: Colour, accent: Colour) -> None:
    outline = smooth(
        "500,84 616,116 676,220 688,360 660,560 628,760 584,900 500,926 416,900 372,760 "
        "340,560 312,360 324,220 384,116"
    )
    lying_shadow(canvas, outline)
    mask = canvas.body(canvas.shape(outline), main, depth=56)
    for y in range(330, 900, 78):
        seam = bezier((300, y), (400, y + 26), (600, y + 26), (700, y))
        canvas.shadow(canvas.line(seam, 12), 6, 0)
        canvas.paint(canvas.blur(canvas.line(seam, 16), 7), darker(main, 0.6), 0.5, within=mask)
        light = [(x, py + 20) for x, py in seam]
        canvas.paint(canvas.blur(canvas.line(light, 20), 9), lighter(main, 0.5), 0.5, within=mask)
    hood = canvas.shape(smooth("500,138 584,166 616,232 580,300 500,322 420,300 384,232 416,166"))
    canvas.body(hood, accent, depth=-20)
    dark = canvas.shape(smooth("500,186 552,204 570,244 544,284 500,296 456,284 430,244 448,204"))
    canvas.paint(canvas.blur(dark, 6), darker(accent, 0.6))
    zip_line = bezier((560, 310), (606, 420), (596, 600), (566, 800))
    canvas.paint(canvas.line(zip_line, 11), accent, within=mask)
    canvas.paint(canvas.line(zip_line, 3), darker(accent, 0.5), within=mask)


def sleeping_mat(canvas: Canvas, main: Colour, accent: Colour) -> None:
    _ground_shadow(canvas, 180, 850)
    roll = canvas.shape(rounded("200,560 760,560 760,800 200,800", [90, 10, 10, 90]))
    canvas.body(roll, main, depth=60)
    canvas.paint(canvas.fade((500, 640), (500, FLOOR)), darker(main, 0.6), 0.4, within=roll)
    for x in (330, 590):
        strap = canvas.shape(box(x, 552, x + 34, FLOOR + 4, 6))
        canvas.body(strap, accent, depth=12)
        canvas.body(canvas.shape(box(x - 4, 640, x + 38, 676, 5)), INK, depth=6)
    end = canvas.shape(ellipse(760, 680, 84, 122))
    canvas.body(end, lighter(main, 0.2), depth=10)
    for step in range(5):
        ring = ellipse(760, 680, 70 - step * 15, 104 - step * 21)
        canvas.paint(canvas.line(ring, 5), darker(main, 0.35), 0.8, within=end)


def camp_chair(canvas: Canvas, main: Colour, accent: Colour) -> None:
    _ground_shadow(canvas, 270, 760, 40)
    steel = darker(STEEL, 0.45)
    legs: list[Path] = [
        [(330, 640), (660, FLOOR)],
        [(690, 640), (360, FLOOR)],
        [(300, 600), (280, FLOOR + 14)],
        [(716, 600), (740, FLOOR + 14)],
    ]
    for leg in legs:
        canvas.body(canvas.line(leg, 14), steel, depth=7)
    back = rounded("318,250 690,250 720,590 290,590", [36, 36, 20, 20])
    canvas.body(canvas.shape(back), main, depth=46)
    canvas.body(
        canvas.shape(rounded("336,264 674,264 680,320 330,320", 20)),
        accent,
        depth=14,
    )
    seat = rounded("290,566 722,566 764,672 246,672", 26)
    cast(canvas, canvas.shape(seat), 6, -10, 14)
    canvas.body(canvas.shape(seat), lighter(main, 0.12), depth=30)
    for arm in (points("270,690 262,500 244,470"), points("742,690 750,500 768,470")):
        canvas.body(canvas.line([(float(x), float(y)) for x, y in arm], 15), steel, depth=7)
    for x in (206, 716):
        canvas.body(canvas.shape(box(x, 452, x + 88, 484, 14)), main, depth=12)


DRAWINGS: dict[str, tuple[Callable[[Canvas, Colour, Colour], object], float]] = {
    "dome tent": (dome_tent, 1.0),
    "tunnel tent": (tunnel_tent, 0.98),
    "tarp": (tarp, 1.0),
    "hammock": (hammock, 1.0),
    "sleeping bag": (sleeping_bag, 0.0),
    "sleeping mat": (sleeping_mat, 1.1),
    "camp chair": (camp_chair, 1.1),
}
