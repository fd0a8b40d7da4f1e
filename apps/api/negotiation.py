from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from django.http import Http404
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class LenientNegotiation(DefaultContentNegotiation):
    """Fall back to the first renderer instead of a 406, as RFC 9110, section 12.5.1, allows."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first, *others = renderers
        if others:
            with suppress(NotAcceptable, Http404):
                return super().select_renderer(request, [first, *others], format_suffix)
        return first, str(first.media_type)
