from __future__ import annotations

from babel.core import Locale, UnknownLocaleError


def locale_of(language: str) -> Locale:
    """Return the locale by which numbers and times of a language are written, or that of en."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
