"""The style sheet of a shop's look."""

from __future__ import annotations

import hashlib
from typing import Final

from apps.storefront.colors import DARK, LIGHT, hovered, readable_on, text_on
from apps.storefront.models import Storefront

_SANS: Final = "var(--font-sans)"
_SERIF: Final = '"Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, serif'
_MONO: Final = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"
_SYSTEM: Final = "system-ui, sans-serif"
#: The fonts of headings and of the other texts.
_FONTS: Final = {
    Storefront.Fonts.MODERN: (_SANS, _SANS),
    Storefront.Fonts.CLASSIC: (_SERIF, _SANS),
    Storefront.Fonts.LITERARY: (_SERIF, _SERIF),
    Storefront.Fonts.TECHNICAL: (_MONO, _SANS),
    Storefront.Fonts.SYSTEM: (_SYSTEM, _SYSTEM),
}
_CORNERS: Final = {
    Storefront.Corners.SQUARE: "0",
    Storefront.Corners.SOFT: "6px",
    Storefront.Corners.ROUND: "14px",
}


def style_sheet(look: Storefront) -> str:
    """Return the custom properties that the shop chooses. All values are checked or of a list."""
    scheme = "light dark" if look.scheme == Storefront.Scheme.AUTO else look.scheme
    heading, body = _FONTS[Storefront.Fonts(look.fonts)]
    on_light, on_dark = readable_on(LIGHT, look.accent), readable_on(DARK, look.accent)
    properties = {
        "color-scheme": scheme,
        "--accent": look.accent,
        "--accent-hover": hovered(look.accent),
        "--on-accent": text_on(look.accent),
        "--accent-text": f"light-dark({on_light}, {on_dark})",
        "--font-heading": heading,
        "--font-body": body,
        "--radius": _CORNERS[Storefront.Corners(look.corners)],
    }
    lines = "".join(f"{name}:{value};" for name, value in properties.items())
    return f"@layer theme{{:root{{{lines}}}}}\n"


def theme_version(look: Storefront) -> str:
    """Return a digest that changes with the style sheet."""
    return hashlib.sha256(style_sheet(look).encode()).hexdigest()[:12]
