"""Text that others chose, made fit for a line of ours."""

from __future__ import annotations

from django import template
from django.template.defaultfilters import stringfilter

register = template.Library()

#: Unprintable, and yet part of how Persian is written and emoji are composed.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


@register.filter
@stringfilter
def one_line(text: str) -> str:
    """Return `text` on one line, without control characters and marks that turn its direction.

    Nor does it hold anything that a mail client would decode in a header.
    """
    words = " ".join(text.split())
    shown = "".join(letter for letter in words if letter.isprintable() or letter in _JOINERS)
    return shown.replace("=?", "= ?")
