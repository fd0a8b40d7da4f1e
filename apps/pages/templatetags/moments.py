from __future__ import annotations

from babel.dates import format_skeleton
from django import template
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.pages.locales import locale_of

register = template.Library()


@register.filter
def moment(text: str) -> SafeString | str:
    """Return a `time` element for a time of the API, in the language of the page and in UTC."""
    value = parse_datetime(text)
    if value is None:
        return text
    locale = locale_of(translation.get_language() or "en")
    shown = f"{format_skeleton('yMMMd', value, locale=locale)}, {value:%H:%M}"
    return format_html('<time datetime="{}">{}</time>', text, shown)
