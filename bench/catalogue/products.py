"""Products with plausible texts, the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from apps.products.changes import Changes
from apps.products.editing import ProductEditor
from apps.products.models import Product

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


def fill(count: int, user: Any, batch: int = 500) -> None:
    """Add `count` products with a variant each to the active shop, and their search words."""
    chance = random.Random(11)
    vocabulary = [invented_word(chance) for _ in range(VOCABULARY)]
    products: list[Product] = []
    changes = Changes(user, "bench")
    for number, name in enumerate(names(count)):
        product = Product(added_by=user)
        data = {
            "name": name,
            "code": f"{name.lower().replace(' ', '-')}-{number}",
            "description": f"<p>{' '.join(chance.choices(vocabulary, k=12))}</p>",
            "vendor": name.rpartition(" ")[2],
            "status": "active",
            "variants": [
                {"sku": f"KT-INS{number}{letter}", "price": chance.randint(100, 99_900), "stock": 3}
                for letter in "A"
            ],
        }
        ProductEditor(product, changes).apply(data)
        products.append(product)
        if len(products) == batch or number == count - 1:
            with transaction.atomic():
                changes.save()
            products, changes = [], Changes(user, "bench")
