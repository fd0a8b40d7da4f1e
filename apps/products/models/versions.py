from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from django.db import models, transaction

from apps.products.managers import CatalogueVersionManager
from apps.tenants.models import TenantOwnedModel


class CatalogueVersion(TenantOwnedModel):
    """A number that grows with every change to the shop's catalogue, and its size.

    A shop has one row, whose id is the tenant's.
    """

    version = models.BigIntegerField()
    product_count = models.IntegerField(default=0)
    # Of the products' texts, in UTF-8.
    product_bytes = models.BigIntegerField(default=0)

    objects: ClassVar[CatalogueVersionManager] = CatalogueVersionManager()

    class Meta(TenantOwnedModel.Meta):
        db_table = "catalogue_versions"


@contextmanager
def catalogue_change() -> Iterator[None]:
    """Run the block in a transaction that raises the catalogue version at its end.

    At its end, because the row stays locked until the commit: transactions that took it first and
    then rows of products in different orders would deadlock.
    """
    with transaction.atomic():
        yield
        CatalogueVersion.objects.increase()
