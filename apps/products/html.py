from __future__ import annotations

from typing import Final

import nh3

#: The elements of a description. No styles, forms, frames, scripts or images.
TAGS: Final = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "code", "div", "em"),
    *("h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p", "pre", "s", "small"),
    *("span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul"),
}
ATTRIBUTES: Final = {"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan"}}
SCHEMES: Final = {"http", "https", "mailto", "tel"}


def clean_html(text: str) -> str:
    """Return HTML with the permitted elements and attributes only; text is kept."""
    return nh3.clean(
        text,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
