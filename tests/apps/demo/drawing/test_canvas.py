from apps.demo.drawing.canvas import Canvas
from apps.demo.drawing.paths import box

RED = (255, 0, 0)


def bounds(mask):
    """Return the bounds of what is covered by half or more."""
    return mask.point(lambda value: 255 * (value > 127)).getbbox()


def test_shape_is_painted_where_its_units_are():
    canvas = Canvas(100)

    canvas.paint(canvas.shape(box(200, 300, 400, 500)), RED)

    assert canvas.image.getpixel((30, 40)) == RED
    assert canvas.image.getpixel((50, 40)) == (0, 0, 0)
    assert bounds(canvas.shape(box(200, 300, 400, 500))) == (20, 30, 40, 50)


def test_edges_are_smooth():
    mask = Canvas(100).shape([(105, 100), (505, 100), (305, 500)])

    assert {*mask.tobytes()} > {0, 255}


def test_zoom_shows_the_surroundings_of_its_centre():
    canvas = Canvas(100, zoom=2, centre=(300, 400))

    assert bounds(canvas.shape(box(250, 350, 350, 450))) == (40, 40, 60, 60)


def test_shape_outside_of_the_picture_is_empty():
    assert Canvas(100).shape(box(1200, 0, 1300, 100)).getbbox() is None
    assert Canvas(100).shape(box(-300, 0, -200, 100)).getbbox() is None


def test_hole_is_left_out():
    mask = Canvas(100).shape(box(100, 100, 900, 900), holes=[box(300, 300, 700, 700)])

    assert (mask.getpixel((20, 20)), mask.getpixel((50, 50))) == (255, 0)


def test_paint_stays_within_another_shape():
    canvas = Canvas(100)

    canvas.paint(
        canvas.shape(box(0, 0, 500, 1000)), RED, within=canvas.shape(box(400, 0, 1000, 1000))
    )

    assert [canvas.image.getpixel((x, 50)) for x in (30, 45, 60)] == [(0, 0, 0), RED, (0, 0, 0)]


def test_fade_is_constant_beyond_its_ends():
    fade = Canvas(400).fade((300, 0), (700, 0))

    assert [fade.getpixel((x, 200)) for x in (0, 80, 320, 399)] == [0, 0, 255, 255]
    assert 100 < fade.getpixel((200, 200)) < 156


def test_body_is_lighter_at_the_upper_left():
    canvas = Canvas(200)

    canvas.body(canvas.shape(box(200, 200, 800, 800)), (120, 120, 120), depth=60)

    upper, middle, lower = (sum(canvas.image.getpixel((x, x))) for x in (44, 100, 155))
    assert upper > middle > lower
