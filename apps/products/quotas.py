from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from apps.products.exceptions import StorageFull, TooManyProducts
from apps.products.models import CatalogueVersion

_TEXTS = ("name", "code", "description")


def size_of(values: Mapping[str, Any]) -> int:
    """Return the size of a product's texts, in bytes of UTF-8."""
    return sum(len(values.get(name, "").encode()) for name in _TEXTS)


def resize(*, products: int, size: int) -> None:
    """Add to the number and the size of the products, and raise the version of the catalogue.

    Raise TooManyProducts or StorageFull if they grow beyond a limit. Comes last in a transaction,
    because the row stays locked until its end.
    """
    count, used = CatalogueVersion.objects.increase(products=products, size=size)
    if products > 0 and count > settings.MAX_PRODUCTS:
        raise TooManyProducts
    if size > 0 and used > settings.MAX_PRODUCT_BYTES:
        raise StorageFull
