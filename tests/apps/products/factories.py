"""Products for tests, in the active tenant."""

from __future__ import annotations

from itertools import count
from typing import Any

from apps.products.models import Product
from tests.apps.users.factories import first_user

_numbers = count(1)


def make_product(code: str | None = None, **fields: Any) -> Product:
    code = code or f"product-{next(_numbers)}"
    if "added_by" not in fields:
        fields["added_by"] = first_user()
    return Product.objects.create(code=code, **{"name": code.title(), "published": True, **fields})
