"""Shades of a colour that can be read: contrast ratios of WCAG 2.2."""

from __future__ import annotations

import colorsys
from typing import Final

#: The darkest surface of the light scheme, the lightest one of the dark scheme.
LIGHT: Final = "#f3f1ee"
DARK: Final = "#292624"
WHITE: Final = "#ffffff"
BLACK: Final = "#000000"
READABLE: Final = 4.5
_STEP: Final = 0.02
_HOVER: Final = 0.14


def readable_on(surface: str, color: str) -> str:
    """Return `color`, made darker or lighter until text in it is readable on `surface`."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(color))
    step = -_STEP if text_on(surface) == BLACK else _STEP
    while contrast(color, surface) < READABLE and 0 <= lightness + step <= 1:
        lightness += step
        color = _hex(*colorsys.hls_to_rgb(hue, lightness, saturation))
    return color


def text_on(color: str) -> str:
    """Return black or white, the more readable one on `color`."""
    return max(WHITE, BLACK, key=lambda text: contrast(text, color))


def hovered(color: str) -> str:
    """Return another shade of a button of `color`, with the same text readable on it."""
    text = text_on(color)
    towards_text = _mixed(color, text)
    if contrast(towards_text, text) >= READABLE:
        return towards_text
    return _mixed(color, WHITE if text == BLACK else BLACK)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    """Return the relative luminance of a colour such as `#2f6f4f`, from 0 to 1."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 -- of sRGB
        for c in _channels(color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(color: str) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red / 255, green / 255, blue / 255


def _mixed(color: str, other: str) -> str:
    pairs = zip(_channels(color), _channels(other), strict=True)
    return _hex(*(one + (two - one) * _HOVER for one, two in pairs))


def _hex(*channels: float) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
