from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Final

from babel.numbers import format_currency
from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from apps.pages.locales import locale_of
from apps.products.images.processing import rendition_widths
from apps.products.models import Image
from apps.shops.currencies import exponent_of
from apps.storefront import pictures
from apps.storefront.models import Storefront
from apps.tenants.context import require_active_tenant

register = template.Library()

#: The default width of a picture, for browsers without `srcset`.
_WIDTH: Final = 480
#: Between a currency of letters and its amount, which Babel leaves out of CLDR's patterns.
_CURRENCY_GAP: Final = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_ESCAPES: Final = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.filter
def money(amount: int) -> str:
    """Return an amount of minor units in the shop's currency and language: `24,00 €`."""
    tenant = require_active_tenant()
    value = Decimal(amount).scaleb(-exponent_of(tenant.currency))
    text = format_currency(value, tenant.currency, locale=locale_of(tenant.language))
    return _CURRENCY_GAP.sub("\N{NO-BREAK SPACE}", text)


@register.simple_tag
def picture(
    image: Image, sizes: str, *, lazy: bool = True, alt: str = "", beside: str = ""
) -> SafeString:
    """Return an `img` element with all renditions; `sizes` is its width in the layout.

    `alt` replaces a missing text. A text that stands `beside` the picture is not repeated.
    """
    text = image.alt or alt
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}" {}>',
        pictures.path_of(image, min(_WIDTH, image.width or _WIDTH)),
        pictures.srcset(image),
        sizes,
        image.width,
        image.height,
        "" if text == beside else text,
        mark_safe('loading="lazy" decoding="async"' if lazy else 'fetchpriority="high"'),  # noqa: S308 -- constants
    )


@register.simple_tag
def logo(look: Storefront, name: str) -> SafeString:
    """Return the logo of a shop, with its name as the text."""
    widths = rendition_widths(look.logo_width or 0)
    return format_html(
        '<img class="logo" src="{}" width="{}" height="{}" alt="{}" fetchpriority="high">',
        reverse("media", args=[look.logo_hash, min(widths, key=lambda w: abs(w - _WIDTH))]),
        look.logo_width,
        look.logo_height,
        name,
    )


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """Return a data block of schema.org, which no text in it can end."""
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 -- escaped
