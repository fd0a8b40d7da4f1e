from __future__ import annotations

import re

from django import template
from django.template.defaultfilters import stringfilter

register = template.Library()

#: Not printable, but used in Persian and in composed emoji.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
#: Text that a mail client would turn into a link or an address, in full-width characters too.
_LINKS = (
    (re.compile(r"(?<=\w)([.\u3002\uff0e\uff61])(?=[^\W\d_])"), r"\1 "),
    (re.compile(r"([:\uff1a])(?=[/\uff0f]{2})"), r"\1 "),
    (re.compile(r"\s*[@\ufe6b\uff20]\s*"), " at "),
)


@register.filter
@stringfilter
def one_line(text: str) -> str:
    """Return `text` on one line, without control characters and directional marks.

    The result contains nothing that a mail client would decode in a header, or show as a link or
    an address.
    """
    words = " ".join(text.split())
    shown = "".join(letter for letter in words if letter.isprintable() or letter in _JOINERS)
    for pattern, harmless in _LINKS:
        shown = pattern.sub(harmless, shown)
    return shown.replace("=?", "= ?")
