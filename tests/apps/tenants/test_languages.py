from __future__ import annotations

import pytest

from apps.tenants.languages import text_language


@pytest.mark.parametrize(
    ("language", "expected"),
    [("de", "de"), ("de-ch", "de-ch"), ("es-mx", "es-mx"), ("fr", "en"), ("zh-hans", "en")],
)
def test_language_of_texts(language, expected):
    assert text_language(language) == expected
