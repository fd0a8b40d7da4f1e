from apps.demo.drawing.colours import darker, lighter, mix, parse_colour

GREEN = (0, 128, 0)


def test_colour_is_parsed():
    assert parse_colour("#c0ffee") == (192, 255, 238)


def test_mix_has_a_share_of_the_other():
    assert [mix((0, 0, 0), (100, 200, 40), share) for share in (0, 0.5, 1)] == [
        (0, 0, 0),
        (50, 100, 20),
        (100, 200, 40),
    ]


def test_darker_and_lighter_differ_in_brightness():
    assert sum(darker(GREEN)) < sum(GREEN) < sum(lighter(GREEN))
