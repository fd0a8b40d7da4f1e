"""The statements of a search, of constant SQL and parameters.

Their subqueries prescribe the order in which PostgreSQL reads tables, because its estimates for
one shop among many are far from the truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection

from apps.products.managers import ProductQuerySet
from apps.tenants.context import require_active_tenant

#: A term with so many entries is frequent: they are neither counted nor collected any further.
FREQUENT: Final = 4_000
#: Products that are compared if all terms are frequent.
_COMPARED: Final = 1_000
#: To look up the entries of one product takes as long as to read so many entries of a term.
_LOOK_UP: Final = 12
#: Ids that fit into a hash table of PostgreSQL's default `work_mem`.
_HASHED: Final = 100_000
#: The bonus of an entry that is the word itself, and not longer or similar.
_WHOLE_WORD: Final = 50
_LAST: Final = "\U0010ffff"

_FROM_ENTRIES: Final = "FROM search_words WHERE tenant_id = %s AND"
_SCORE: Final = "weight + CASE word WHEN %s THEN %s ELSE 0 END AS score"
_IS_VISIBLE: Final = "(SELECT true FROM ({}) AS product WHERE product.id = entry.product_id)"


@dataclass(frozen=True)
class Term:
    """The entries that match one word: its forms, and perhaps the words that begin with it.

    Each product that matches has one of `forms`. The word itself, if it is another, only ranks
    products higher.
    """

    word: str
    forms: Sequence[str]
    is_prefix: bool = False

    @property
    def words(self) -> list[str]:
        return list(dict.fromkeys([self.word, *self.forms]))

    def conditions(self, forms: Sequence[str] | None = None) -> list[tuple[str, list[Any]]]:
        """Return the conditions of the entries, each of which is a range of an index."""
        conditions: list[tuple[str, list[Any]]] = [("word = ANY(%s)", [list(forms or self.forms)])]
        if self.is_prefix:
            conditions.append(("word > %s AND word < %s", [self.word, self.word + _LAST]))
        return conditions


class Statement:
    """SQL and the parameters of its placeholders, in the order of the text."""

    def __init__(self) -> None:
        self._sql: list[str] = []
        self._parameters: list[Any] = []

    def add(self, sql: str, *parameters: Any) -> None:
        self._sql.append(sql)
        self._parameters.extend(parameters)

    def rows(self) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(" ".join(self._sql), self._parameters)
            return cursor.fetchall()


def count_entries(terms: Iterable[Term]) -> list[int]:
    """Return the number of entries of each term, or FREQUENT if it has more."""
    tenant = require_active_tenant().pk
    statement = Statement()
    statement.add("SELECT")
    for index, term in enumerate(terms):
        statement.add(", 0" if index else "0")
        for condition, parameters in term.conditions():
            statement.add("+ (SELECT count(*) FROM (SELECT")
            statement.add(_FROM_ENTRIES, tenant)
            statement.add(condition, *parameters)
            statement.add("LIMIT %s) AS entry)", FREQUENT)
    [counts] = statement.rows()
    return [min(count, FREQUENT) for count in counts]


def best_products(
    terms: Sequence[Term], counts: Sequence[int], products: ProductQuerySet, limit: int
) -> list[UUID]:
    """Return the ids of those of `products` that have all terms, the best first.

    Collects the entries of the rarest term, and looks up those of the others by product. If another
    term has few entries, its products are collected too, because many look-ups take longer.
    """
    try:
        visible, parameters = products.order_by().values_list("id").query.sql_with_params()
    except EmptyResultSet:
        return []
    [(least, rarest), *others] = sorted(zip(counts, terms, strict=True), key=_rarity)
    is_frequent = least == FREQUENT
    few = min(FREQUENT, _LOOK_UP * least)
    filters = [t for n, t in others if (not t.is_prefix if is_frequent else n < few)]
    # Those that may drop a product come first.
    look_ups = [t for _, t in others if t not in filters] + filters

    statement = Statement()
    statement.add("SELECT product_id FROM (")
    statement.add("SELECT product_id, max(score) AS score FROM (" if is_frequent else "")
    statement.add("SELECT product_id, score FROM (")
    statement.add("SELECT entry.product_id, entry.score + term.score AS score FROM (" * len(others))
    if is_frequent:
        _add_best_entries(statement, rarest, filters)
    else:
        _add_all_entries(statement, rarest, filters)
    for term in look_ups:
        _add_look_up(statement, term)
    if is_frequent:
        statement.add(") AS entry WHERE")
        statement.add(_IS_VISIBLE.format(visible), *parameters)
        statement.add("LIMIT %s) AS entry GROUP BY product_id) AS entry", _COMPARED)
    else:
        # Sorted first, so that the condition is tested until there are enough products.
        statement.add(") AS entry ORDER BY score DESC, product_id DESC) AS entry WHERE")
        statement.add(_IS_VISIBLE.format(visible), *parameters)
    statement.add("ORDER BY score DESC, product_id DESC LIMIT %s", limit)
    return [product_id for (product_id,) in statement.rows()]


def _rarity(counted: tuple[int, Term]) -> tuple[int, bool, int]:
    """Order terms by their entries; among frequent ones, a long word is likely to be rare."""
    count, term = counted
    return count, term.is_prefix, -len(term.word)


def _add_all_entries(statement: Statement, term: Term, filters: Sequence[Term]) -> None:
    """Add the best score of each product of a term and of `filters`."""
    statement.add("SELECT product_id, max(score) AS score FROM (")
    for index, (condition, parameters) in enumerate(term.conditions(term.words)):
        statement.add("UNION ALL SELECT product_id," if index else "SELECT product_id,")
        statement.add(_SCORE, term.word, _WHOLE_WORD)
        statement.add(_FROM_ENTRIES, require_active_tenant().pk)
        statement.add(condition, *parameters)
    statement.add(") AS entry WHERE true")
    for other in filters:
        _add_filter(statement, other, FREQUENT)
    statement.add("GROUP BY product_id")


def _add_best_entries(statement: Statement, term: Term, filters: Sequence[Term]) -> None:
    """Add scores of products of a term and of `filters`, first the best of each complete word."""
    tenant = require_active_tenant().pk
    # Without OFFSET 0, PostgreSQL would test the conditions within each part of the union.
    statement.add("SELECT product_id, score FROM (")
    for index, word in enumerate(term.words):
        statement.add("UNION ALL (SELECT product_id," if index else "(SELECT product_id,")
        statement.add(_SCORE, term.word, _WHOLE_WORD)
        statement.add(_FROM_ENTRIES, tenant)
        statement.add("word = %s", word)
        statement.add("ORDER BY weight DESC, product_id DESC)")
    for condition, parameters in term.conditions()[1:]:
        statement.add("UNION ALL (SELECT * FROM (SELECT product_id, weight")
        statement.add(_FROM_ENTRIES, tenant)
        statement.add(condition, *parameters)
        statement.add("LIMIT %s) AS entry ORDER BY weight DESC, product_id DESC)", FREQUENT)
    statement.add("OFFSET 0) AS entry WHERE true")
    for other in filters:
        _add_filter(statement, other, _HASHED)
    statement.add("OFFSET 0")


def _add_filter(statement: Statement, term: Term, limit: int) -> None:
    """Add the condition that a product is one of a term, which are put into a hash table."""
    tenant = require_active_tenant().pk
    statement.add("AND (product_id IN (")
    for index, (condition, parameters) in enumerate(term.conditions()):
        statement.add("UNION ALL (SELECT product_id" if index else "(SELECT product_id")
        statement.add(_FROM_ENTRIES, tenant)
        statement.add(condition, *parameters)
        statement.add("LIMIT %s)", limit)
    # IS TRUE, because PostgreSQL would make a join of a mere IN.
    statement.add(")) IS TRUE")


def _add_look_up(statement: Statement, term: Term) -> None:
    """Add the best score of a term to each product, and drop products without."""
    statement.add(") AS entry JOIN LATERAL (")
    statement.add("SELECT max(score) AS score FROM (SELECT")
    statement.add(_SCORE, term.word, _WHOLE_WORD)
    statement.add(_FROM_ENTRIES, require_active_tenant().pk)
    statement.add("product_id = entry.product_id AND (false")
    for condition, parameters in term.conditions(term.words):
        statement.add("OR")
        statement.add(condition, *parameters)
    statement.add(")) AS entry) AS term ON term.score IS NOT NULL OFFSET 0")
