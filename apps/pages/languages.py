"""The language of pages at hosts without a shop."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

#: The first is that of readers of other languages.
PLATFORM_LANGUAGES: Final = ("en", "de", "es")


def preferred_language(request: HttpRequest) -> str:
    """Return the first of PLATFORM_LANGUAGES in the order of the `Accept-Language` header."""
    for tag, quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        language = tag.partition("-")[0]
        if quality and language in PLATFORM_LANGUAGES:
            return language
    return PLATFORM_LANGUAGES[0]
