from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from django.db import connection

from apps.products.search.words import allowed_edits, distance, spellings_of
from apps.tenants.context import require_active_tenant

MAX_SIMILAR: Final = 10
#: Words whose distance from a misspelt one is computed: those with the most letters in common.
_COMPARED: Final = 200

#: The words that a product has now: those of deleted products keep their spellings.
_CANDIDATES: Final = """
SELECT word, spellings FROM (
       SELECT word, array_agg(spelling) AS spellings FROM search_spellings
        WHERE tenant_id = %s AND spelling = ANY(%s) AND length(word) BETWEEN %s AND %s
        GROUP BY word
       ) AS candidate
 WHERE (SELECT true FROM search_words AS entry
         WHERE entry.tenant_id = %s AND entry.word = candidate.word LIMIT 1)
"""

Spellings = dict[str, list[str]]


def similar_words(words: Iterable[str]) -> dict[str, list[str]]:
    """Return the words of the shop with one edit, or two in a longer word, of each of `words`.

    These are the nearest ones, at most MAX_SIMILAR.
    """
    tenant = require_active_tenant().pk
    spellings = {spelling for word in words for spelling in spellings_of(word)}
    shortest = min(len(word) - allowed_edits(word) for word in words)
    longest = max(len(word) + allowed_edits(word) for word in words)
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, [tenant, list(spellings), shortest, longest, tenant])
        candidates = dict(cursor.fetchall())
    return {word: _nearest(word, candidates) for word in words}


def _nearest(word: str, candidates: Spellings) -> list[str]:
    allowed = allowed_edits(word)
    by_distance = defaultdict(list)
    for candidate in _most_alike(word, candidates):
        by_distance[distance(word, candidate)].append(candidate)
    nearest = min(by_distance, default=allowed + 1)
    return sorted(by_distance[nearest])[:MAX_SIMILAR] if nearest <= allowed else []


def _most_alike(word: str, candidates: Spellings) -> list[str]:
    own, allowed = spellings_of(word), allowed_edits(word)
    letters = {
        candidate: max(map(len, common))
        for candidate, spellings in candidates.items()
        if (common := own.intersection(spellings)) and abs(len(candidate) - len(word)) <= allowed
    }
    return sorted(letters, key=lambda candidate: (-letters[candidate], candidate))[:_COMPARED]
