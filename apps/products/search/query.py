from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, IntegerField, UUIDField, Value

from apps.products.managers import ProductQuerySet
from apps.products.search.similar import similar_words
from apps.products.search.statements import Term, best_products, count_entries
from apps.products.search.words import STEM, split, stem_of
from apps.tenants.context import require_active_tenant

#: The most results of a search.
MAX_RESULTS: Final = 500
#: Each costs several look-ups. A text of one word may have many, as in `a.b.c` or in Chinese.
MAX_WORDS: Final = 12


def search(products: ProductQuerySet, text: str, limit: int = MAX_RESULTS) -> list[UUID]:
    """Return the ids of those of `products` that have all words of `text`, the best first.

    Only the first MAX_WORDS words count. The last one may be incomplete. A word that no product of
    the shop has is replaced by similar ones. Complete words come before incomplete ones; then the
    sum of the weights of the words decides, and then the later product. If all words are frequent,
    not all products are compared.
    """
    words = list(dict.fromkeys(split(text)))[:MAX_WORDS]
    if not words:
        return []
    terms = [_term(word, is_prefix=word == words[-1]) for word in words]
    counts = count_entries(terms)
    if unknown := [index for index, count in enumerate(counts) if not count]:
        similar = similar_words([words[index] for index in unknown])
        corrected = [Term(words[index], similar[words[index]]) for index in unknown]
        for index, term, count in zip(unknown, corrected, count_entries(corrected), strict=True):
            terms[index], counts[index] = term, count
    return best_products(terms, counts, products, limit) if all(counts) else []


def ranked(products: ProductQuerySet, ids: list[UUID]) -> ProductQuerySet:
    """Return the products with these ids, with the index of each as its `rank`."""
    array = Value(ids, output_field=ArrayField(UUIDField()))
    rank = Func(array, F("pk"), function="array_position", output_field=IntegerField())
    return products.filter(pk__in=ids).annotate(rank=rank)


def _term(word: str, *, is_prefix: bool) -> Term:
    stem = stem_of(word, require_active_tenant().language)
    # A product with an inflected word has the marked stem as well. Both are read for the last word
    # only, so that it is found while the index has the stems of the shop's former language.
    return Term(word, [*([word] if is_prefix else []), stem, STEM + stem], is_prefix)
