from __future__ import annotations

import pytest
from django.utils import translation

from apps.pages.templatetags.moments import moment

TIME = "2026-03-05T14:07:09.123456Z"


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "Mar 5, 2026, 14:07"), ("de", "5. März 2026, 14:07"), ("es", "5 mar 2026, 14:07")],
)
def test_time_is_in_the_language_of_the_page(language, text):
    with translation.override(language):
        assert moment(TIME) == f'<time datetime="{TIME}">{text}</time>'


def test_text_that_is_no_time_is_kept_and_escaped_by_the_template():
    assert moment("<b>") == "<b>"
