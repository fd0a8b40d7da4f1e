from __future__ import annotations

from collections import defaultdict
from typing import Final
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Subquery,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Length

from apps.products.managers import ProductQuerySet
from apps.products.models import SearchGram, SearchWord
from apps.products.search.words import STEM, distance, grams_of, split, stem_of
from apps.tenants.context import require_active_tenant

#: The most results of a search.
MAX_RESULTS: Final = 500
MAX_SIMILAR: Final = 10
#: Each costs several look-ups. A text of one word may have many, as in `a.b.c` or in Chinese.
MAX_WORDS: Final = 12
#: Words with the most trigrams in common with a misspelt one, whose distance is computed.
_CANDIDATES: Final = 100
_SHORT: Final = 5
_WHOLE_WORD: Final = 50
_LAST: Final = "\U0010ffff"


def search(products: ProductQuerySet, text: str) -> list[UUID]:
    """Return the ids of those of `products` that have all words of `text`, the best first.

    Only the first MAX_WORDS words count. The last one may be incomplete. A word that no product of
    the shop has is replaced by similar ones. Complete words come before incomplete ones; then the
    sum of the weights of the words decides, and then the later product.
    """
    words = list(dict.fromkeys(split(text)))[:MAX_WORDS]
    conditions = [_condition(word, is_last=word == words[-1]) for word in words]
    if not words or None in conditions:
        return []
    # The longest word is likely to be the rarest; its products are then tested for the others.
    first = max(range(len(words)), key=lambda index: len(words[index]))
    rows = SearchWord.objects.filter(
        conditions.pop(first), product__in=products.order_by().values("pk")
    ).annotate(bonus=_bonus(words[first]))
    for index, condition in enumerate(conditions):
        same = SearchWord.objects.filter(condition, product=OuterRef("product"))
        best = same.order_by().values("product").annotate(best=Max("weight")).values("best")
        rows = rows.filter(Exists(same)).annotate(**{f"weight_{index}": Subquery(best)})
    weights = ["weight", "bonus", *(f"weight_{index}" for index in range(len(conditions)))]
    found: dict[UUID, int] = {}
    best_rows = rows.order_by("-bonus", "-weight", "-product_id")[: 2 * MAX_RESULTS]
    for product_id, *each in best_rows.values_list("product_id", *weights):
        found[product_id] = max(found.get(product_id, 0), sum(each))
    best_first = sorted(found, key=lambda pk: (found[pk], pk), reverse=True)
    return best_first[:MAX_RESULTS]


def _bonus(word: str) -> Case:
    """Return the weight of an entry that is the word itself, and not longer or similar."""
    return Case(When(word=word, then=_WHOLE_WORD), default=0, output_field=IntegerField())


def ranked(products: ProductQuerySet, ids: list[UUID]) -> ProductQuerySet:
    """Return the products with these ids, with the index of each as its `rank`."""
    array = Value(ids, output_field=ArrayField(UUIDField()))
    rank = Func(array, F("pk"), function="array_position", output_field=IntegerField())
    return products.filter(pk__in=ids).annotate(rank=rank)


def _condition(word: str, *, is_last: bool) -> Q | None:
    """Return the condition that an entry of the index matches `word`, None if none does."""
    stem = stem_of(word, require_active_tenant().language)
    # A form without an ending is its own stem, which is not repeated.
    condition = Q(word__in=[word, stem, STEM + stem])
    if is_last:
        condition |= Q(word__gte=word, word__lt=word + _LAST)
    if SearchWord.objects.filter(condition).exists():
        return condition
    similar = similar_words(word)
    return Q(word__in=similar) if similar else None


def similar_words(word: str) -> list[str]:
    """Return the words of the shop with one edit, or two in a longer word, the nearest first."""
    allowed = 1 if len(word) <= _SHORT else 2
    lengths = (len(word) - allowed, len(word) + allowed)
    rows = SearchGram.objects.alias(length=Length("word")).filter(
        gram__in=grams_of(word), length__range=lengths
    )
    common = rows.values("word").annotate(count=Count("gram")).order_by("-count", "word")
    by_distance = defaultdict(list)
    for candidate in common.values_list("word", flat=True)[:_CANDIDATES]:
        by_distance[distance(word, candidate)].append(candidate)
    nearest = min(by_distance, default=allowed + 1)
    return by_distance[nearest][:MAX_SIMILAR] if nearest <= allowed else []
