"""Contrasts of the colours that are made of a shop's accent."""

import math
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from hypothesis import given
from hypothesis import strategies as st

from apps.storefront.colors import (
    BLACK,
    DARK,
    LIGHT,
    READABLE,
    WHITE,
    contrast,
    hovered,
    luminance,
    readable_on,
    text_on,
)

COLORS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(COLORS, st.sampled_from([LIGHT, DARK]))
def test_shade_of_any_colour_is_readable(color, surface):
    shade = readable_on(surface, color)

    assert re.fullmatch("#[0-9a-f]{6}", shade)
    assert contrast(shade, surface) >= READABLE


@given(COLORS)
def test_text_on_any_colour_is_readable(color):
    assert contrast(text_on(color), color) >= READABLE


@given(COLORS)
def test_text_on_a_hovered_colour_is_readable(color):
    assert contrast(text_on(color), hovered(color)) >= READABLE


@given(COLORS)
def test_hovered_colour_differs(color):
    assert hovered(color) != color


@given(COLORS, st.sampled_from([LIGHT, DARK]))
def test_readable_colour_is_kept(color, surface):
    shade = readable_on(surface, color)

    assert readable_on(surface, shade) == shade


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [(BLACK, WHITE, 21), (WHITE, WHITE, 1), ("#777777", WHITE, 4.48), ("#ff0000", WHITE, 4.0)],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


def test_surfaces_are_the_extremes_of_the_tokens():
    """Text in a shade is read on all surfaces, of which LIGHT and DARK are the worst."""
    css = Path(finders.find("pages/tokens.css")).read_text()
    pattern = r"--(?:surface|raised|sunken): light-dark\((oklch\([^)]*\)), (oklch\([^)]*\))\)"
    pairs = re.findall(pattern, css)

    assert len(pairs) == 3
    assert luminance(LIGHT) <= min(_luminance_of(light) for light, _ in pairs) + 0.002
    assert luminance(DARK) >= max(_luminance_of(dark) for _, dark in pairs) - 0.002


def _luminance_of(oklch):
    """Return the relative luminance of `oklch(L C H)` by the matrices of CSS Color 4."""
    lightness, chroma, hue = map(float, re.findall(r"[\d.]+", oklch))
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
