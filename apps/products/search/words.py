"""The words of a text, as the search index keeps them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, Final

import snowballstemmer
from django.utils.html import strip_tags

MAX_LENGTH: Final = 64
#: Words of one description: more would not help to find the product.
MAX_WORDS: Final = 300

#: Letters and digits of any script, perhaps with the signs of C++, C# and 50%.
_WORD = re.compile(r"[^\W_]+[+#%]*")
#: Parts of an article number: KT-INS114 has KT, INS114, INS and 114.
_PARTS = re.compile(r"[^\W\d_]+|\d+")
#: Scripts without spaces between words.
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")

#: The algorithms of Snowball by language.
_ALGORITHMS: Final = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
#: The letters of a word whose deletions are stored: words that differ later have them in common.
PREFIX: Final = 7
#: Words with one edit at most.
_SHORT: Final = 5
#: Marks a stem in the index, so that no prefix of a word finds it.
STEM: Final = "~"


def fold(text: str) -> str:
    """Return `text` without case, accents and compatibility forms."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def split(text: str) -> Iterator[str]:
    """Yield the folded words of `text` in order; of an unspaced script, pairs of characters."""
    for match in _WORD.finditer(fold(text)):
        word = match[0]
        if _UNSPACED.search(word):
            yield from (word[i : i + 2] for i in range(max(1, len(word) - 1)))
        else:
            yield word[:MAX_LENGTH]


def split_sku(sku: str) -> set[str]:
    """Return the words by which an article number is found, in whole and in parts."""
    words = set(split(sku))
    parts = {part for word in words for part in _PARTS.findall(word)}
    joined = "".join(_PARTS.findall(fold(sku)))[:MAX_LENGTH]
    return words | parts | ({joined} if joined else set())


def split_html(html: str) -> Iterator[str]:
    """Yield the first different words of the text of `html`."""
    seen: set[str] = set()
    for word in split(strip_tags(html.replace("<", " <"))):
        if len(seen) == MAX_WORDS:
            return
        if word not in seen:
            seen.add(word)
            yield word


def stem_of(word: str, language: str) -> str:
    """Return the part that all forms of a word of the language share."""
    algorithm = _ALGORITHMS.get(language.split("-", maxsplit=1)[0])
    # Numbers and SKUs would fill the cache, because most of them occur once.
    return _stem(word, algorithm) if algorithm and word.isalpha() else word


@lru_cache(maxsize=50_000)
def _stem(word: str, algorithm: str) -> str:
    return str(_stemmer(algorithm).stemWord(word))[: MAX_LENGTH - 1]


@cache
def _stemmer(algorithm: str) -> Any:
    return snowballstemmer.stemmer(algorithm)


def allowed_edits(word: str) -> int:
    """Return the number of edits between a misspelt word and a similar one."""
    return 1 if len(word) <= _SHORT else 2


def spellings_of(word: str) -> set[str]:
    """Return the beginning of a word without none, one or, of a longer word, two letters.

    Words within the edits that the longer one allows have a spelling in common, as in SymSpell
    (https://github.com/wolfgarbe/SymSpell).
    """
    spellings = newest = {word[:PREFIX]}
    for _ in range(allowed_edits(word)):
        newest = {text[:i] + text[i + 1 :] for text in newest for i in range(len(text))}
        spellings = spellings | newest
    # Nothing is a spelling of every letter, and would make them all similar.
    return spellings - {""}


def distance(a: str, b: str) -> int:
    """Return the number of edits between two words; two exchanged neighbours are one edit."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row = row, [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = previous
    return row[-1]
