from __future__ import annotations

from django.conf import settings

from apps.pages.views import PageView


class StylePage(PageView):
    """All components in all their states, for those who work on them. With DEBUG only."""

    template_name = "pages/style.html"
    extra_context = {
        "colours": [
            *("surface", "raised", "sunken", "text", "muted", "line", "strong-line"),
            *("accent", "good", "bad", "warn"),
        ],
        "choices": [("a", "The first"), ("b", "The second")],
        "errors": {"price": ["Enter a price such as 24.00."]},
    }

    def get_language(self) -> str:
        return settings.LANGUAGE_CODE
