from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, F, Func, IntegerField, Sum

from apps.products.exceptions import StorageFull, TooManyProducts
from apps.products.models import Product

_TEXTS = ("name", "code", "description")
_ROWS, _BYTES = "products:rows", "products:bytes"
_SECONDS = 30


def size_of(values: Mapping[str, Any]) -> int:
    """Return the size of a product's texts, in bytes of UTF-8."""
    return sum(len(values.get(name, "").encode()) for name in _TEXTS)


def reserve(*, rows: int, size: int) -> None:
    """Add to the shop's usage; raise TooManyProducts or StorageFull if it exceeds a limit.

    Usage is read from PostgreSQL every 30 seconds and counted per process in between, so several
    processes may exceed a limit by what they write in that time.
    """
    if cache.get(_BYTES) is None:
        texts = sum(Func(F(name), function="octet_length") for name in _TEXTS)
        used = Product.objects.aggregate(
            rows=Count("pk"), size=Sum(texts, output_field=IntegerField(), default=0)
        )
        cache.set(_ROWS, used["rows"], 2 * _SECONDS)
        cache.set(_BYTES, used["size"], _SECONDS)
    if rows and cache.get(_ROWS, 0) + rows > settings.MAX_PRODUCTS:
        raise TooManyProducts
    if size > 0 and cache.get(_BYTES, 0) + size > settings.MAX_PRODUCT_BYTES:
        raise StorageFull
    for key, amount in ((_ROWS, rows), (_BYTES, size)):
        with suppress(ValueError):  # expired meanwhile
            cache.incr(key, amount)
