"""The languages that texts are translated into."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

#: The first is that of readers of other languages.
LANGUAGES: Final = ("en", "de", "es")


def preferred_language(request: HttpRequest) -> str:
    """Return the first of LANGUAGES in the order of the `Accept-Language` header."""
    for tag, quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        language = tag.partition("-")[0]
        if quality and language in LANGUAGES:
            return language
    return LANGUAGES[0]


def text_language(language: str) -> str:
    """Return the language of the texts for readers of `language`, such as en for fr."""
    return language if language.partition("-")[0] in LANGUAGES else LANGUAGES[0]
