"""The catalogues of translations are complete, and compiled as they are written."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = sorted((ROOT / "apps").glob("*/locale/*/LC_MESSAGES/django.po"))
#: Apps all of whose texts are translated.
TRANSLATED = ("frontdoor", "pages")
LANGUAGES = ("de", "es")

SOURCES = {".html", ".py", ".svg"}
_MESSAGE = re.compile(r'^msgid "(.+)"\nmsgstr "(.*)"$', re.MULTILINE)
_TEXT = re.compile(r'\{% translate "([^"]+)"|\b_\("([^"]+)"\)')


def messages_of(catalogue: Path) -> dict[str, str]:
    return dict(_MESSAGE.findall(catalogue.read_text()))


def texts_of(app: str) -> set[str]:
    files = [path for path in (ROOT / "apps" / app).rglob("*") if path.suffix in SOURCES]
    return {a or b for path in files for a, b in _TEXT.findall(path.read_text())}


def test_there_is_a_catalogue_for_each_language():
    names = {(path.parts[-5], path.parts[-3]) for path in CATALOGUES}

    assert names >= {(app, language) for app in TRANSLATED for language in LANGUAGES}


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_message_is_translated_and_compiled(catalogue):
    messages = messages_of(catalogue)

    assert [text for text, translated in messages.items() if not translated] == []
    with catalogue.with_suffix(".mo").open("rb") as compiled:
        translations = gettext.GNUTranslations(compiled)
    assert {text: translations.gettext(text) for text in messages} == messages


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("app", TRANSLATED)
def test_every_text_is_in_the_catalogue(app, language):
    catalogue = ROOT / "apps" / app / "locale" / language / "LC_MESSAGES" / "django.po"

    assert texts_of(app) - messages_of(catalogue).keys() == set()
