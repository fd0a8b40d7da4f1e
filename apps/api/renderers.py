from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

_default = JSONEncoder().default


class QuickJSONRenderer(JSONRenderer):
    """REST framework's renderer, whose bytes it makes by orjson."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        if accepted_media_type is None or ";" not in accepted_media_type:  # without an indent
            try:
                text = orjson.dumps(data, _default, orjson.OPT_PASSTHROUGH_DATETIME)
                # Line separators end a line of JavaScript.
                return text.replace(b"\xe2\x80\xa8", rb"\u2028").replace(
                    b"\xe2\x80\xa9", rb"\u2029"
                )
            except TypeError:
                pass  # such as an integer of more than 64 bits, or a key that is not a string
        rendered: bytes = super().render(data, accepted_media_type, renderer_context)
        return rendered
