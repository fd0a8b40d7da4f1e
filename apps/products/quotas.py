from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from apps.products.exceptions import StorageFull, TooManyProducts
from apps.products.models import CatalogueVersion
from apps.tenants.batches import StatementBatch

_TEXTS = ("name", "code", "description")


def size_of(values: Mapping[str, Any]) -> int:
    """Return the size of a product's texts, in bytes of UTF-8."""
    return sum(len(values.get(name, "").encode()) for name in _TEXTS)


def resize(*, products: int, size: int, batch: StatementBatch | None = None) -> None:
    """Add to the number and the size of the products, and raise the version of the catalogue.

    Raise TooManyProducts or StorageFull if they grow beyond a limit. Comes last in a transaction,
    because the row stays locked until its end, and sends `batch`.
    """
    increase = CatalogueVersion.objects.increase
    _compare(*increase(products=products, size=size, batch=batch), products, size)


class Growth:
    """The growth of a catalogue in a transaction of many changes, of which each may be refused."""

    def __init__(self) -> None:
        self.products = self.size = 0

    def require_space(self, products: int, size: int) -> None:
        """Raise TooManyProducts or StorageFull for more than there is space for, without a lock."""
        if products <= 0 and size <= 0:
            return
        count, used = CatalogueVersion.objects.current_size()
        _compare(count + self.products + products, used + self.size + size, products, size)

    def add(self, products: int, size: int) -> None:
        self.products += products
        self.size += size

    def record(self) -> None:
        """Count the products, as the last change of the transaction."""
        if self.products or self.size:
            CatalogueVersion.objects.increase(products=self.products, size=self.size)


def _compare(count: int, used: int, products: int, size: int) -> None:
    """Raise TooManyProducts or StorageFull if a growth leads beyond a limit."""
    if products > 0 and count > settings.MAX_PRODUCTS:
        raise TooManyProducts
    if size > 0 and used > settings.MAX_PRODUCT_BYTES:
        raise StorageFull
