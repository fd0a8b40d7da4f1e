"""Content negotiation that falls back to the first renderer instead of answering 406."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from django.http import Http404
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class LenientNegotiation(DefaultContentNegotiation):
    """Never answers 406: RFC 9110, section 12.5.1, lets a server disregard Accept."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first, *others = renderers
        if others:
            with suppress(NotAcceptable, Http404):
                return super().select_renderer(request, [first, *others], format_suffix)
        return first, str(first.media_type)
