import pytest

from apps.demo.drawing.paths import box, curved, ellipse, mirrored, points, rotated, rounded, smooth


def test_points_are_read_from_text():
    assert points("1,2 -3.5,4") == [(1.0, 2.0), (-3.5, 4.0)]


def test_smooth_line_passes_through_its_points():
    corners = points("0,0 10,0 10,10 0,10")
    rounding = [tuple(map(round, point)) for point in smooth("0,0 10,0 10,10 0,10")]

    assert {*corners} <= {*rounding}
    assert smooth(corners, closed=False)[-1] == (0, 10)


def test_smooth_line_does_not_overshoot():
    path = smooth("0,0 6,1 280,1 300,0", closed=False)

    assert [x for x, _ in path] == sorted(x for x, _ in path)
    assert max(y for _, y in path) < 8


def test_curves_are_joined_at_their_ends():
    path = curved("0,0 0,5 5,10 10,10 15,10 20,5 20,0")

    assert [path[0], path[-1]] == [(0, 0), (20, 0)]
    assert (10, 10) in path


def test_rounded_corner_lies_inside_the_polygon():
    path = rounded("0,0 10,0 10,10 0,10", 2)

    assert (0, 0) not in path
    assert all(0 <= x <= 10 and 0 <= y <= 10 for x, y in path)


def test_radius_may_differ_by_corner():
    assert (10, 10) in rounded("0,0 10,0 10,10 0,10", [2, 2, 0, 2])


@pytest.mark.parametrize(
    ("degrees", "expected"), [(0, (10, 0)), (90, (0, 10)), (180, (-10, 0)), (-90, (0, -10))]
)
def test_path_turns_clockwise(degrees, expected):
    [point] = rotated([(10, 0)], 0, 0, degrees)

    assert point == pytest.approx(expected)


def test_mirrored_path_keeps_its_height():
    assert mirrored([(10, 3)], 500) == [(990, 3)]


def test_ellipse_and_box_have_their_bounds():
    for path in (ellipse(50, 40, 30, 10), box(20, 30, 80, 50)):
        xs, ys = zip(*path, strict=True)
        assert (min(xs), max(xs), min(ys), max(ys)) == pytest.approx((20, 80, 30, 50))
