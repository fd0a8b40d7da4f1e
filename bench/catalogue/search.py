# ruff: noqa: E402 -- models can be imported only after django.setup()
"""Search in one shop with many products: `python -m bench.catalogue.search [PRODUCTS]`.

Prints the times of a search's statements, until PostgreSQL has answered, and of whole requests; and
the recall: the share of queries whose first ten results have the product that was meant.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from statistics import quantiles

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.conf import settings
from django.db import connections
from django.test.utils import setup_databases, teardown_databases

from apps.products.managers import ProductQuerySet
from apps.products.models import Product
from apps.products.search.query import search
from apps.tenants.context import tenant_context
from apps.tenants.listener import tenant_listener
from bench.catalogue.products import fill, names
from tests.apps.tenants.factories import make_tenant
from tests.apps.users.factories import first_user
from tests.conftest import PLATFORM, ShopClient

PRODUCTS = 100_000
QUERIES = 400
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def misspelt(word: str, chance: random.Random) -> str:
    """Return the word with one letter lost, doubled, replaced, or exchanged with the next."""
    i = chance.randrange(1, len(word) - 1)
    return chance.choice(
        [
            word[:i] + word[i + 1 :],
            word[:i] + word[i] + word[i:],
            word[:i] + chance.choice(LETTERS) + word[i + 1 :],
            word[:i] + word[i + 1] + word[i] + word[i + 2 :],
        ]
    )


def queries(count: int) -> dict[str, list[tuple[str, str]]]:
    """Return queries by kind, each with the name of the product that is meant."""
    chance = random.Random(12)
    chosen = chance.sample(list(enumerate(names(count))), QUERIES)
    found: dict[str, list[tuple[str, str]]] = {"one word": [], "two words": [], "prefix": []}
    found |= {"SKU": [], "typo": []}
    for number, name in chosen:
        colour, _, thing, brand = name.split()
        found["one word"].append((brand, name))
        found["two words"].append((f"{thing} {brand}", name))
        found["prefix"].append((f"{colour} {thing} {brand[:4]}", name))
        found["SKU"].append((f"ins{number}", name))
        found["typo"].append((f"{colour} {thing} {misspelt(brand.lower(), chance)}", name))
    return found


def times(
    action: Callable[[str], object], texts: list[str], *, of_statements: bool = False
) -> tuple[float, float]:
    """Return p50 and p99 in milliseconds, of the whole action or of its statements."""
    taken, spent = [], [0.0]

    def timed(execute: Callable[..., object], *args: object) -> object:
        started = time.perf_counter()
        try:
            return execute(*args)
        finally:
            spent[0] += time.perf_counter() - started

    for text in texts:
        spent[0] = 0.0
        started = time.perf_counter()
        with connections["default"].execute_wrapper(timed):
            action(text)
        whole = time.perf_counter() - started
        taken.append((spent[0] if of_statements else whole) * 1000)
    cuts = quantiles(taken, n=100)
    return cuts[49], cuts[98]


def measure(count: int) -> None:
    tenant = make_tenant("acme")
    with tenant_context(tenant):
        started = time.perf_counter()
        fill(count, first_user())
        seconds = time.perf_counter() - started
        print(f"{count:,} products added in {seconds:.0f} s", file=sys.stderr)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    client = ShopClient(f"acme.{PLATFORM}", tenant)
    print(f"| {count:,} products | database p50, ms | p99 | request p50, ms | p99 | found in ten |")
    print("|---|---|---|---|---|---|")
    for kind, pairs in queries(count).items():
        texts = [text for text, _ in pairs]
        with tenant_context(tenant):
            hits = [meant in names_of(search(Product.objects.all(), text)) for text, meant in pairs]
            in_database = times(lambda text: search(active(), text), texts, of_statements=True)
        whole = times(lambda text: client.get("/api/products/", {"search": text}), texts)
        figures = " | ".join(f"{value:.1f}" for value in (*in_database, *whole))
        print(f"| {kind} | {figures} | {sum(hits) / len(hits):.3f} |")


def active() -> ProductQuerySet:
    return Product.objects.filter(status="active")


def names_of(ids: list) -> set[str]:
    return set(Product.objects.filter(pk__in=ids[:10]).values_list("name", flat=True))


def main() -> None:
    postgres = settings.EMBEDDED_POSTGRES
    with postgres.running(settings={"fsync": "off"}):
        databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
        try:
            measure(int(sys.argv[1]) if len(sys.argv) > 1 else PRODUCTS)
        finally:
            tenant_listener.stop()
            connections["default"].close()
            teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main()
