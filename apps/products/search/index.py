from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from apps.products.models import Product, SearchSpelling, SearchWord
from apps.products.search.words import (
    PREFIX,
    STEM,
    spellings_of,
    split,
    split_html,
    split_sku,
    stem_of,
)
from apps.tenants.batches import StatementBatch
from apps.tenants.context import require_active_tenant

#: The weights of the places where a word occurs, of which the greatest counts.
NAME, SKU, LABEL, OPTION, TEXT = 100, 80, 40, 20, 5
MAX_WORDS_OF_PRODUCT: Final = 2_000
REBUILD_BATCH: Final = 500
#: So many take some 200 ms.
SPELLINGS_BATCH: Final = 10_000

_INSERT_SPELLINGS: Final = """
INSERT INTO search_spellings (tenant_id, spelling, word)
SELECT %s, * FROM unnest(%s::text[], %s::text[])
ON CONFLICT DO NOTHING
"""
_INSERT_WORDS: Final = """
INSERT INTO search_words (tenant_id, product_id, word, weight)
SELECT %s, * FROM unnest(%s::uuid[], %s::text[], %s::smallint[])
"""
#: By product as well, because PostgreSQL would join all words of the shop with the pairs.
_DELETE_WORDS: Final = """
DELETE FROM search_words WHERE tenant_id = %s AND product_id = ANY(%s)
   AND (product_id, word) IN (SELECT * FROM unnest(%s::uuid[], %s::text[]))
"""


@dataclass(frozen=True)
class Searchable:
    """The texts by which a product is found."""

    name: str
    skus: Iterable[str]
    labels: Iterable[str]
    options: Iterable[str]
    html: str

    def words(self) -> dict[str, int]:
        """Return the entries of the index, and their weights, in the shop's language."""
        found: dict[str, int] = {}
        for weight, word in self._occurrences():
            found[word] = max(weight, found.get(word, 0))
        language = require_active_tenant().language
        entries = dict(islice(found.items(), MAX_WORDS_OF_PRODUCT))
        for word, weight in list(entries.items()):
            stem = stem_of(word, language)
            if stem != word:
                entries[STEM + stem] = max(weight, entries.get(STEM + stem, 0))
        return entries

    def _occurrences(self) -> Iterator[tuple[int, str]]:
        yield from ((NAME, word) for word in split(self.name))
        for sku in self.skus:
            yield from ((SKU, word) for word in split_sku(sku))
        yield from ((LABEL, word) for text in self.labels for word in split(text))
        yield from ((OPTION, word) for text in self.options for word in split(text))
        yield from ((TEXT, word) for word in split_html(self.html))


def searchable(product: Product) -> Searchable:
    """Return the texts of a product from `with_details()`."""
    return Searchable(
        name=product.name,
        skus=[product.code, *(t for v in product.variants.all() for t in (v.sku, v.barcode) if t)],
        labels=[product.vendor, product.product_type, *(tag.name for tag in product.tags.all())],
        options=[value.name for o in product.options.all() for value in o.values.all()],
        html=product.description,
    )


def write_index(
    entries: dict[UUID, dict[str, int]], batch: StatementBatch, *, new: Collection[UUID] = ()
) -> None:
    """Replace the entries of the products by their ids, in the caller's transaction.

    `batch` deletes the obsolete ones and inserts the new. Products whose ids are in `new` have
    none before.
    """
    missing = {
        (pk, word): weight for pk, words in entries.items() for word, weight in words.items()
    }
    if changed := entries.keys() - set(new):
        _remove_obsolete(changed, missing, batch)
    insert_spellings({word for _, word in missing}, batch)
    _insert(missing, batch)


def _remove_obsolete(
    products: set[UUID], missing: dict[tuple[UUID, str], int], batch: StatementBatch
) -> None:
    """Delete the present entries that are not in `missing`, and remove the others from it."""
    obsolete = []
    present = SearchWord.objects.filter(product__in=products)
    for product, word, weight in present.values_list("product_id", "word", "weight"):
        if missing.get((product, word)) == weight:
            del missing[product, word]
        else:
            obsolete.append((product, word))
    if obsolete:
        ids, words = zip(*obsolete, strict=True)
        tenant = require_active_tenant().pk
        batch.add(_DELETE_WORDS, [tenant, list(set(ids)), list(ids), list(words)])


def rebuild_index(progress: Callable[[int], object] = lambda count: None) -> int:
    """Write the index of the active tenant's products anew; return the number of products.

    Searches meanwhile find what they did. `progress` is called with the size of each batch.
    """
    keys = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), REBUILD_BATCH):
        products = Product.objects.filter(pk__in=keys[start : start + REBUILD_BATCH])
        with transaction.atomic():
            # Locked, because a concurrent change writes the words of its product as well.
            locked = products.with_details().order_by("pk").select_for_update(of=("self",))
            entries = {product.pk: searchable(product).words() for product in locked}
            SearchWord.objects.filter(product__in=entries).delete()
            batch = StatementBatch()
            insert_spellings({word for words in entries.values() for word in words}, batch)
            words = {(pk, word): entries[pk][word] for pk in entries for word in entries[pk]}
            _insert(words, batch)
            batch.send()
        progress(len(entries))
    unused = ~Exists(SearchWord.objects.filter(word=OuterRef("word")))
    SearchSpelling.objects.filter(unused).delete()
    return len(keys)


def _insert(entries: dict[tuple[UUID, str], int], batch: StatementBatch) -> None:
    # Not as rows of the model: an instance for each takes most of the time of an import.
    # Ids as texts, because psycopg2 takes long for each UUID.
    texts = {pk: str(pk) for pk, _ in entries}
    products, words = [texts[pk] for pk, _ in entries], [word for _, word in entries]
    tenant = require_active_tenant().pk
    batch.add(_INSERT_WORDS, [tenant, products, words, list(entries.values())])


def insert_spellings(words: Iterable[str], batch: StatementBatch) -> None:
    """Insert the spellings of words that are new to the shop, most with `batch`.

    Only letters are corrected: a word with numbers, a SKU or a stem has none.
    """
    # Sorted, so that concurrent transactions wait for each other in the same order.
    whole = sorted(word for word in words if word.isalpha())
    if not whole:
        return
    tenant = require_active_tenant().pk
    # The beginning of a word is one of its spellings, and the last to be deleted: a word whose
    # beginning is present is not new. To insert takes less time than to look it up.
    beginnings = [word[:PREFIX] for word in whole]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_SPELLINGS + "RETURNING word", [tenant, beginnings, whole])
        new = [word for (word,) in cursor.fetchall()]
    pairs = [(spelling, word) for word in new for spelling in spellings_of(word)]
    for start in range(0, len(pairs), SPELLINGS_BATCH):
        spellings, complete = zip(*pairs[start : start + SPELLINGS_BATCH], strict=True)
        batch.add(_INSERT_SPELLINGS, [tenant, list(spellings), list(complete)])
