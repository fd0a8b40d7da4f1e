"""Products with plausible texts, the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from contextlib import closing
from io import StringIO
from itertools import islice
from typing import Any
from uuid import UUID

import psycopg2
from django.conf import settings
from django.db import connections, transaction

from apps.embedded_postgres.roles import SUPERUSER
from apps.products.models import Location, Product, SearchWord, StockItem, Variant
from apps.products.search.index import Searchable, insert_spellings
from apps.tenants.batches import StatementBatch
from apps.tenants.context import require_active_tenant
from apps.tenants.models import TenantOwnedModel

COLOURS = "red blue green black white grey yellow orange purple brown olive navy cream".split()
MATERIALS = "cotton linen wool leather oak walnut steel ceramic glass denim silk copper".split()
THINGS = (
    "shirt jacket trousers dress skirt scarf gloves hat boots sandals table chair lamp shelf sofa"
    " mirror vase bowl mug plate kettle pan knife board blanket pillow curtain rug towel basket"
    " notebook pencil backpack wallet belt watch bracelet necklace candle planter tent stove bottle"
).split()
SYLLABLES = "ka lo mi re ta no vi su be da fo gu ha ji le ma ne pi ro sa te ul vo zi".split()


#: Different words of all descriptions, besides the names.
VOCABULARY = 3_000


def invented_word(chance: random.Random) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(3, 4)))


def names(count: int) -> Iterator[str]:
    """Yield names of a colour, a material, a thing and one of 4,000 brands."""
    chance = random.Random(10)
    brands = [invented_word(chance).title() for _ in range(4_000)]
    for _ in range(count):
        words = [chance.choice(words) for words in (COLOURS, MATERIALS, THINGS)]
        yield " ".join([*map(str.title, words), chance.choice(brands)])


def fill(count: int, user: Any, batch: int = 10_000) -> None:
    """Add `count` products with a variant each to the active shop, and their search words.

    Rows are copied by the superuser without triggers: the application would take 13 minutes for
    100,000 products.
    """
    chance = random.Random(11)
    vocabulary = [invented_word(chance) for _ in range(VOCABULARY)]
    location_id = Location.objects.get_default_id()
    numbered = enumerate(names(count))
    words: set[str] = set()
    with closing(connect_as_superuser()) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        while some := list(islice(numbered, batch)):
            variants = [make_variant(*each, vocabulary, chance, user) for each in some]
            copy(cursor, Product, [variant.product for variant in variants])
            copy(cursor, Variant, variants)
            items = [StockItem(variant=v, location_id=location_id, quantity=3) for v in variants]
            copy(cursor, StockItem, items)
            copy_words(cursor, {v.product.pk: texts_of(v).words() for v in variants}, words)
            connection.commit()
    with transaction.atomic():
        batch = StatementBatch()
        insert_spellings(words, batch)
        batch.send()


def connect_as_superuser() -> Any:
    database = str(connections["default"].settings_dict["NAME"])
    return psycopg2.connect(settings.EMBEDDED_POSTGRES.url(SUPERUSER, database))


def make_variant(
    number: int, name: str, vocabulary: list[str], chance: random.Random, user: Any
) -> Variant:
    product = Product(
        name=name,
        code=f"{name.lower().replace(' ', '-')}-{number}",
        description=f"<p>{' '.join(chance.choices(vocabulary, k=12))}</p>",
        vendor=name.rpartition(" ")[2],
        status="active",
        added_by=user,
    )
    variant = Variant(
        product=product, position=0, sku=f"KT-INS{number}A", price=chance.randint(100, 99_900)
    )
    product.default_variant_id = variant.pk
    return variant


def texts_of(variant: Variant) -> Searchable:
    product = variant.product
    return Searchable(
        name=product.name,
        skus=[product.code, variant.sku],
        labels=[product.vendor],
        options=[],
        html=product.description,
    )


def copy(cursor: Any, model: type[TenantOwnedModel], rows: Iterable[TenantOwnedModel]) -> None:
    fields = model._meta.concrete_fields
    lines = ([field.pre_save(row, add=True) for field in fields] for row in rows)
    copy_lines(cursor, model, [field.column for field in fields], lines)


def copy_words(cursor: Any, entries: dict[UUID, dict[str, int]], seen: set[str]) -> None:
    """Copy the search words of products by their ids, and add them to `seen`."""
    columns = ["tenant_id", "product_id", "word", "weight"]
    tenant = require_active_tenant().pk
    lines = (
        [tenant, product, word, weight]
        for product, words in entries.items()
        for word, weight in words.items()
    )
    copy_lines(cursor, SearchWord, columns, lines)
    seen.update(*entries.values())


def copy_lines(
    cursor: Any, model: type[TenantOwnedModel], columns: list[str], lines: Iterable[list[Any]]
) -> None:
    """Copy values without tabs, line feeds and backslashes."""
    texts = ("\t".join("\\N" if v is None else str(v) for v in values) for values in lines)
    file = StringIO("\n".join(texts))
    cursor.copy_from(file, model._meta.db_table, columns=columns)
