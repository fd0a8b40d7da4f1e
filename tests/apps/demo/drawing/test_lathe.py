import pytest

from apps.demo.drawing.canvas import Canvas
from apps.demo.drawing.lathe import Finish, Turned, paint_turned

WHITE = Finish((200, 200, 200), (240, 240, 240), shine=0)
CYLINDER = Turned(500, 800, [(400, 100), (0, 100)], WHITE)


def brightness(canvas, x, y):
    return sum(canvas.image.getpixel((x, y)))


def test_outline_contains_the_rim_and_the_base():
    xs, ys = zip(*CYLINDER.outline(), strict=True)

    assert (min(xs), max(xs)) == pytest.approx((400, 600))
    assert (min(ys), max(ys)) == pytest.approx((400 - 17, 800 + 17), abs=0.1)


@pytest.mark.parametrize(("y", "radius"), [(400, 100), (650, 100), (900, 100)])
def test_radius_is_known_at_every_height(y, radius):
    assert CYLINDER.radius_at(y) == pytest.approx(radius)


def test_light_comes_from_the_left():
    canvas = Canvas(200)

    paint_turned(canvas, CYLINDER, is_open=False)

    assert brightness(canvas, 90, 120) > brightness(canvas, 100, 120) > brightness(canvas, 114, 120)


def test_foot_and_band_have_their_colours():
    canvas = Canvas(200)
    finish = Finish((200, 200, 200), WHITE.inside, clay=(200, 0, 0), foot=60, band=(0, 0, 200))

    paint_turned(canvas, Turned(500, 800, CYLINDER.points, finish), is_open=False)

    red, _, blue = canvas.image.getpixel((95, 157))
    assert red > 2 * blue
    red, _, blue = canvas.image.getpixel((95, 110))
    assert blue > 2 * red


def test_mouth_shows_the_inside():
    canvas = Canvas(200)
    finish = Finish((20, 20, 20), (240, 240, 240))

    paint_turned(canvas, Turned(500, 800, CYLINDER.points, finish))

    assert brightness(canvas, 110, 80) > 450
