"""The catalogues of translations are complete, and compiled as they are written."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType
from django.utils.translation import override
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = sorted(
    path for top in ("apps/*", "auth_backends") for path in ROOT.glob(f"{top}/locale/*/*/django.po")
)
#: Packages all of whose marked texts are translated.
TRANSLATED = (
    *("apps/tenants", "apps/users", "apps/shops", "apps/products", "auth_backends", "apps/pages"),
    *("apps/storefront", "apps/backoffice", "apps/frontdoor", "apps/api", "apps/mail"),
)
LANGUAGES = ("de", "es")

#: Of a plural, the singular; every mail with one is rendered in the tests of apps.mail.
_MESSAGE = re.compile(
    r'^msgid "(.+)"\n(?:msgid_plural ".+"\n)?msgstr(?:\[0\])? "(.*)"$', re.MULTILINE
)
#: The calls that `templatize()` and the code contain, with one string or several joined ones.
_CALL = re.compile(
    r"""\b(?:_|n?gettext(?:_noop)?)\(\s*((?:u?"(?:[^"\\]|\\.)*"\s*|u?'(?:[^'\\]|\\.)*'\s*)+)"""
)
_STRING = re.compile(r"""u?"((?:[^"\\]|\\.)*)"|u?'((?:[^'\\]|\\.)*)'""")
_PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")

#: Readers are addressed formally; these words are of the other form.
_FAMILIAR = {
    "de": re.compile(r"\b(?:du|dich|dir|dein\w*)\b", re.IGNORECASE),
    "es": re.compile(r"\b(?:tú|te|ti|tus?|tuy[ao]s?)\b", re.IGNORECASE),
}

#: What is the same in every language.
NAMES = {"API", "CSV", "Galleria", "HTML", "SKU"}
#: For programs and those who write them.
ENGLISH_TEMPLATES = {"style.html", "robots.txt"}
TEMPLATES = [
    path
    for app in ("pages", "storefront", "backoffice", "frontdoor", "mail")
    for path in sorted((ROOT / "apps" / app / "templates").rglob("*.*"))
    if path.suffix in {".html", ".txt"} and path.name not in ENGLISH_TEMPLATES
]
#: Attributes that a reader sees or hears.
_SHOWN = r"(?:alt|aria-label|aria-description|placeholder|title|data-hint)"
_ATTRIBUTE = re.compile(rf'\s{_SHOWN}="([^"]*)"')
_TAG = re.compile(r"<(script|style|code)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{2,}")
_ENTITY = re.compile(r"&\w+;")


def unescaped(text: str) -> str:
    return text.replace('\\"', '"').replace("\\'", "'")


def messages_of(catalogue: Path) -> dict[str, str]:
    found = _MESSAGE.findall(catalogue.read_text())
    return {unescaped(text): unescaped(translated) for text, translated in found}


def texts_of(package: str) -> set[str]:
    """Return the texts that a package marks, in code and in `translate` and `blocktranslate`."""
    found = set()
    for path in (ROOT / package).rglob("*"):
        if path.suffix in {".html", ".svg", ".txt"}:
            source = templatize(path.read_text())
        elif path.suffix == ".py":
            source = path.read_text()
        else:
            continue
        for call in _CALL.findall(source):
            parts = (a or b for a, b in _STRING.findall(call))
            found.add(unescaped("".join(parts)))
    return found


def visible_texts(source: str) -> set[str]:
    """Return the words of a template that no tag translates."""
    kept, is_inside = [], False
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split()[0]
            if name in {"blocktranslate", "endblocktranslate"}:
                is_inside = name == "blocktranslate"
        elif token.token_type == TokenType.TEXT and not is_inside:
            kept.append(token.contents)
    html = "".join(kept)
    texts = [*_ATTRIBUTE.findall(html), _TAG.sub(" ", html)]
    return {word for text in texts for word in _WORD.findall(_ENTITY.sub(" ", text))} - NAMES


def test_there_is_a_catalogue_for_each_language():
    names = {(str(path.parents[3].relative_to(ROOT)), path.parts[-3]) for path in CATALOGUES}

    assert names == {(package, language) for package in TRANSLATED for language in LANGUAGES}


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_message_is_translated_and_compiled(catalogue):
    messages = messages_of(catalogue)

    assert [text for text, translated in messages.items() if not translated] == []
    with catalogue.with_suffix(".mo").open("rb") as compiled:
        translations = gettext.GNUTranslations(compiled)
    assert {text: translations.gettext(text) for text in messages} == messages


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_translation_has_the_placeholders_of_its_text(catalogue):
    differing = {
        text: translated
        for text, translated in messages_of(catalogue).items()
        if sorted(_PLACEHOLDER.findall(text)) != sorted(_PLACEHOLDER.findall(translated))
    }

    assert differing == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("package", TRANSLATED)
def test_every_text_is_in_the_catalogue(package, language):
    catalogue = ROOT / package / "locale" / language / "LC_MESSAGES" / "django.po"

    assert texts_of(package) - messages_of(catalogue).keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_has_one_translation(language):
    """Django merges the catalogues of all apps, so that one of two translations would be lost."""
    found: dict[str, set[str]] = {}
    for catalogue in CATALOGUES:
        if catalogue.parts[-3] == language:
            for text, translated in messages_of(catalogue).items():
                found.setdefault(text, set()).add(translated)

    assert {text: each for text, each in found.items() if len(each) > 1} == {}


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_readers_are_addressed_politely(catalogue):
    familiar = _FAMILIAR[catalogue.parts[-3]]
    found = [text for text in messages_of(catalogue).values() if familiar.search(text)]

    assert found == []
    assert [word for word in ("Dein Shop", "Tu tienda") if familiar.search(word)]


def test_texts_of_all_tags_are_found():
    source = '{% translate "One" %}{% blocktranslate with b=a %}Two {{ b }}{% endblocktranslate %}'
    calls = _CALL.findall(templatize(source) + '{% x _("no") %}\n_(\n"Three "\n"four")')

    assert len(calls) == 4
    assert {"Search for %(query)s", "Your account"} <= texts_of("apps/storefront")
    assert {"Draft", "Rules"} <= texts_of("apps/products")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "apps")))
def test_template_shows_no_text_beside_its_translations(path):
    assert visible_texts(path.read_text()) == set()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Hello</p>", {"Hello"}),
        ('<input placeholder="Find">', {"Find"}),
        ('<a aria-label="{{ name }} here">', {"here"}),
        ('<p class="muted">{% translate "Hello" %} SKU</p>', set()),
        ("{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}", set()),
        ("{% blocktranslate %}Hello{% endblocktranslate %} you", {"you"}),
        ("<script>let text</script><style>p {}</style><code>make run</code>&nbsp;", set()),
    ],
)
def test_visible_texts_are_those_beside_translations(source, words):
    assert visible_texts(source) == words


def test_labels_of_choices_are_english_unless_a_page_is_not():
    from apps.products.models import Product

    assert str(Product.Status.DRAFT.label) == "Draft"
    with override("de"):
        assert str(Product.Status.DRAFT.label) == "Entwurf"


def test_no_text_has_markup():
    """Templates take their texts for safe."""
    catalogues = [path for path in CATALOGUES if (path.parents[3] / "templates").is_dir()]
    texts = {
        text for catalogue in catalogues for pair in messages_of(catalogue).items() for text in pair
    }

    assert catalogues
    assert [text for text in texts if "<" in text or ">" in text] == []
