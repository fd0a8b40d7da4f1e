"""Backpacks, bags and clothes, most of them lying on the ground."""

from __future__ import annotations

from collections.abc import Callable

from apps.demo.drawing.canvas import Canvas
from apps.demo.drawing.colours import INK, STEEL, WHITE, Colour, darker, lighter, mix
from apps.demo.drawing.paths import (
    Path,
    arc,
    bezier,
    box,
    curved,
    ellipse,
    mirrored,
    points,
    rounded,
    smooth,
)
from apps.demo.drawing.scene import FLOOR, cast, lying_shadow, standing_shadow


def backpack(canvas: Canvas, main: Colour, accent: Colour) -> None:
    standing_shadow(canvas, 500, 215)
    canvas.body(canvas.line(arc(500, 226, 46, 44, 180, 360), 16), darker(main, 0.5), depth=8)
    for side in (False, True):
        pocket = smooth("306,560 270,600 262,690 276,764 330,776 350,640")
        canvas.body(
            canvas.shape(mirrored(pocket, 500) if side else pocket), darker(main, 0.3), depth=22
        )
    trunk = smooth(
        "500,232 620,250 690,330 714,500 708,700 670,786 500,800 330,786 292,700 286,500 "
        "310,330 380,250"
    )
    canvas.body(canvas.shape(trunk), main, depth=60)
    lid = smooth("500,222 630,236 694,300 702,380 640,404 500,410 360,404 298,380 306,300 370,236")
    mask = canvas.shape(lid)
    cast(canvas, mask, 2, 16, 10)
    canvas.body(mask, lighter(main, 0.1), depth=36)
    zip_line = bezier((352, 318), (430, 342), (570, 342), (648, 318))
    canvas.paint(canvas.line(zip_line, 7), darker(main, 0.55))
    pocket = smooth(
        "500,536 630,544 652,620 644,726 600,756 500,762 400,756 356,726 348,620 370,544"
    )
    mask = canvas.shape(pocket)
    cast(canvas, mask, 4, 12, 10)
    canvas.body(mask, lighter(main, 0.14), depth=34)
    canvas.paint(canvas.line(bezier((392, 584), (450, 600), (550, 600), (608, 584)), 8), accent)
    for x in (404, 596):
        canvas.body(canvas.shape(box(x - 13, 396, x + 13, 552, 4)), accent, depth=8)
        canvas.body(canvas.shape(box(x - 20, 452, x + 20, 492, 7)), INK, depth=8)
    canvas.paint(canvas.shape(box(464, 650, 536, 690, 6)), lighter(main, 0.8), 0.9)


def daypack(canvas: Canvas, main: Colour, accent: Colour) -> None:
    standing_shadow(canvas, 500, 180)
    canvas.body(canvas.line(arc(500, 370, 42, 44, 180, 360), 15), darker(main, 0.5), depth=8)
    trunk = smooth(
        "500,366 612,384 666,470 680,620 668,756 600,796 500,800 400,796 332,756 320,620 "
        "334,470 388,384"
    )
    canvas.body(canvas.shape(trunk), main, depth=56)
    zip_line = curved("344,640 340,440 400,410 500,408 600,410 660,440 656,640")
    canvas.paint(canvas.line(zip_line, 8), darker(main, 0.5))
    canvas.body(canvas.line([(656, 640), (658, 676)], 10), accent, depth=6)
    pocket = smooth("500,590 618,598 634,680 622,762 500,776 378,762 366,680 382,598")
    mask = canvas.shape(pocket)
    cast(canvas, mask, 4, 12, 10)
    canvas.body(mask, accent, depth=32)
    canvas.paint(
        canvas.line(bezier((402, 634), (450, 646), (550, 646), (598, 634)), 7), darker(accent, 0.5)
    )
    patch = canvas.shape(rounded("470,480 530,480 530,540 470,540", 8))
    canvas.body(patch, mix((150, 104, 66), WHITE, 0.1), depth=8)


def dry_bag(canvas: Canvas, main: Colour, accent: Colour) -> None:
    standing_shadow(canvas, 500, 155)
    trunk = [
        (340, 420),
        *curved("340,420 330,560 336,700 350,780 420,812 580,812 650,780 664,700 670,560 660,420"),
    ]
    body = canvas.body(canvas.shape(trunk), main, depth=62)
    for start, end in (
        ((372, 430), (420, 560)),
        ((618, 430), (560, 590)),
        ((500, 426), (486, 520)),
    ):
        fold = canvas.blur(canvas.line([start, end], 12), 8)
        canvas.paint(fold, darker(main, 0.6), 0.5, within=body)
    roll = canvas.shape(rounded("318,372 682,372 682,436 318,436", 30))
    cast(canvas, roll, 2, 14, 10)
    canvas.body(roll, lighter(main, 0.1), depth=22)
    canvas.paint(canvas.line([(330, 410), (670, 410)], 4), darker(main, 0.5), 0.7)
    strap = curved("330,404 280,300 400,262 500,262 600,262 720,300 670,404")
    canvas.body(canvas.line(strap, 18), accent, depth=9)
    canvas.body(canvas.shape(box(466, 244, 540, 282, 8)), INK, depth=9)
    label = canvas.shape(box(440, 560, 560, 680, 10))
    canvas.paint(label, lighter(main, 0.8), 0.92, within=body)
    drop = curved("500,580 540,630 536,660 500,662 464,660 460,630 500,580")
    canvas.paint(canvas.shape(drop), main, 0.9)


def jacket(canvas: Canvas, main: Colour, accent: Colour) -> None:
    sleeve: Path = [*curved("372,250 290,280 240,420 196,690 220,716 270,722 296,708"), (372, 470)]
    trunk: Path = curved(
        "372,246 350,420 352,640 344,800 430,826 570,826 656,800 648,640 650,420 628,246 "
        "560,230 440,230 372,246"
    )
    lying_shadow(canvas, sleeve, mirrored(sleeve, 500), trunk)
    for side in (sleeve, mirrored(sleeve, 500)):
        mask = canvas.body(canvas.shape(side), darker(main, 0.12), depth=36)
        cuff = points("196,690 224,712 262,720 296,708 302,676 250,684 206,658")
        cuff = mirrored(cuff, 500) if side is not sleeve else cuff
        canvas.paint(canvas.shape(cuff), darker(main, 0.45), within=mask)
    body = canvas.body(canvas.shape(trunk), main, depth=46)
    yoke = [
        (300, 380),
        *curved("352,380 440,356 560,356 650,380"),
        (700, 380),
        (700, 200),
        (300, 200),
    ]
    canvas.paint(canvas.shape(yoke), accent, 0.96, within=body)
    canvas.shade(body, main, depth=46, strength=0.35)
    hood = smooth("500,116 588,150 620,232 580,292 500,306 420,292 380,232 412,150")
    mask = canvas.shape(hood)
    cast(canvas, mask, 4, 14, 12)
    canvas.body(mask, main, depth=38)
    inside = smooth("500,164 556,186 574,240 546,280 500,288 454,280 426,240 444,186")
    canvas.body(canvas.shape(inside), darker(main, 0.55), depth=-16)
    canvas.paint(canvas.line([(500, 290), (500, 806)], 13), darker(main, 0.5))
    canvas.paint(canvas.line([(500, 290), (500, 806)], 3), lighter(main, 0.4), 0.7)
    for pocket in ([(404, 640), (440, 560)], [(596, 640), (560, 560)]):
        canvas.paint(canvas.line([(float(x), float(y)) for x, y in pocket], 9), darker(main, 0.55))


def beanie(canvas: Canvas, main: Colour, accent: Colour) -> None:
    dome: Path = curved("250,640 250,400 380,286 500,286 620,286 750,400 750,640")
    cuff = rounded("228,610 772,610 782,764 218,764", 42)
    lying_shadow(canvas, dome, cuff)
    crown = canvas.body(canvas.shape(dome), main, depth=70)
    for step in range(-6, 7):
        rib = bezier(
            (500 + step * 8, 296),
            (500 + step * 26, 380),
            (500 + step * 38, 500),
            (500 + step * 40, 640),
        )
        canvas.paint(canvas.blur(canvas.line(rib, 7), 3), darker(main, 0.5), 0.5, within=crown)
    band = canvas.shape(cuff)
    cast(canvas, band, 0, -12, 12)
    canvas.body(band, main, depth=44)
    for step in range(-13, 14):
        rib = [(500 + step * 20, 606), (500 + step * 20.6, 770)]
        canvas.paint(canvas.blur(canvas.line(rib, 6), 3), darker(main, 0.5), 0.5, within=band)
    bobble = canvas.shape(smooth("500,186 560,204 584,258 556,312 500,328 444,312 416,258 440,204"))
    cast(canvas, bobble, 4, 12, 10)
    canvas.body(bobble, accent, depth=36)
    label = canvas.shape(box(454, 660, 546, 722, 7))
    canvas.body(label, mix((150, 104, 66), WHITE, 0.1), depth=8)


def boots(canvas: Canvas, main: Colour, accent: Colour) -> None:
    canvas.shadow(canvas.shape(ellipse(540, FLOOR + 4, 380, 40)), 26, 0.36)
    canvas.shadow(canvas.shape(ellipse(510, FLOOR + 6, 350, 18)), 9, 0.45)
    for shift, rise, tone in ((120.0, -36.0, darker(main, 0.25)), (0.0, 0.0, main)):
        _boot(canvas, shift, rise, tone, accent)


def _boot(canvas: Canvas, dx: float, dy: float, main: Colour, accent: Colour) -> None:
    def at(path: Path) -> Path:
        return [(x + dx, y + dy) for x, y in path]

    upper = smooth(
        "236,340 330,326 420,340 430,420 452,520 560,584 700,640 756,700 756,750 500,760 230,756 "
        "212,640 232,500"
    )
    mask = canvas.body(canvas.shape(at(upper)), main, depth=46)
    for cap in (
        "640,604 716,648 764,706 764,770 620,770 600,680",
        "210,560 290,600 316,700 300,770 200,770",
    ):
        canvas.paint(canvas.shape(at(smooth(cap))), darker(main, 0.45), 0.9, within=mask)
    collar = at(smooth("230,330 330,316 426,332 430,388 330,394 228,396"))
    canvas.body(canvas.shape(collar), accent, depth=22)
    tongue = at(smooth("380,318 440,300 470,330 462,420 420,430"))
    canvas.body(canvas.shape(tongue), darker(main, 0.3), depth=16)
    for x, y in ((418, 400), (428, 446), (442, 494), (472, 536), (516, 566), (566, 590)):
        lace = at([(x - 44, y + 16), (x + 6, y)])
        canvas.paint(canvas.line([(px + 3, py + 5) for px, py in lace], 9), INK, 0.3)
        canvas.paint(canvas.line(lace, 8), accent)
        canvas.paint(canvas.dots([(lace[0][0], lace[0][1], 7)]), darker(STEEL, 0.3))
    sole = rounded("206,738 500,742 774,730 784,772 756,804 480,800 430,788 400,804 206,804", 10)
    canvas.body(canvas.shape(at(sole)), mix(INK, main, 0.12), depth=16)
    canvas.paint(canvas.line(at([(214, 744), (500, 750), (772, 738)]), 8), accent)


DRAWINGS: dict[str, tuple[Callable[[Canvas, Colour, Colour], object], float]] = {
    "backpack": (backpack, 1.02),
    "daypack": (daypack, 1.2),
    "dry bag": (dry_bag, 1.1),
    "jacket": (jacket, 0.0),
    "beanie": (beanie, 0.0),
    "boots": (boots, 1.05),
}
