"""Products of a file, written a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from apps.products.changes import Changes
from apps.products.csv.findings import Finding, RowError
from apps.products.csv.product_file import Product as FileProduct
from apps.products.csv.records import ProductRecord
from apps.products.exceptions import InvalidEdit, StorageFull, TooManyProducts
from apps.products.imports.merging import merge_product
from apps.products.models import Product
from apps.products.quotas import Growth, size_of

Result = Literal["created", "updated", "unchanged", "failed"]

#: A batch has at most so many products, or rows of the file if a product has many.
MAX_PRODUCTS = 100
MAX_ROWS = 1_000

#: What one product can cause. Other database errors are of the whole import.
_REFUSALS = (InvalidEdit, TooManyProducts, StorageFull, IntegrityError, DataError)
QUOTAS: Final = {
    TooManyProducts: ("too_many_products", _("The shop has reached its number of products.")),
    StorageFull: ("storage_full", _("The shop has reached the size of its products' texts.")),
}
CONFLICT: Final = ("conflict", _("This product conflicts with the products of the shop."))


@dataclass(frozen=True)
class Outcome:
    """The result of importing one product of a file."""

    product: FileProduct
    result: Result
    error: Finding | None = None

    @property
    def findings(self) -> Iterator[Finding]:
        yield from self.product.findings
        if self.error is not None:
            yield self.error

    @property
    def refused(self) -> int:
        """The number of rows that are not imported."""
        return self.product.rows if self.result == "failed" else self.product.refused


def batches_of(products: Iterable[FileProduct]) -> Iterator[list[FileProduct]]:
    """Yield lists of consecutive products."""
    batch: list[FileProduct] = []
    for product in products:
        batch.append(product)
        if len(batch) >= MAX_PRODUCTS or sum(each.rows for each in batch) >= MAX_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def import_batch(batch: Sequence[FileProduct], user: Any, *, dry_run: bool) -> list[Outcome]:
    """Write the products of a batch in the caller's transaction, and return the outcome of each.

    A product that cannot be written does not keep the others from it. A dry run writes nothing.
    """
    records = [product.record for product in batch if product.record is not None]
    growth = Growth()
    try:
        results = _write(records, user, growth, dry_run=dry_run)
        outcomes = [_outcome(product, results) for product in batch]
    except _REFUSALS:
        outcomes = [_import_alone(product, user, growth, dry_run=dry_run) for product in batch]
    if not dry_run:
        growth.record()
    return outcomes


def _import_alone(product: FileProduct, user: Any, growth: Growth, *, dry_run: bool) -> Outcome:
    if product.record is None:
        return Outcome(product, "failed")
    try:
        results = _write([product.record], user, growth, dry_run=dry_run)
    except _REFUSALS as error:
        return Outcome(product, "failed", _finding(product.record, error))
    return _outcome(product, results)


def _outcome(product: FileProduct, results: dict[str, Result]) -> Outcome:
    return Outcome(product, results[product.code] if product.record else "failed")


def _finding(record: ProductRecord, error: Exception) -> Finding:
    if isinstance(error, InvalidEdit):
        return RowError(record.line, "", error.code, error.message, error.params)
    code, message = QUOTAS.get(type(error), CONFLICT)
    return RowError(record.line, "", code, message)


def _write(
    records: Sequence[ProductRecord], user: Any, growth: Growth, *, dry_run: bool
) -> dict[str, Result]:
    """Write the records, all or none, and return the result of each by its handle."""
    with transaction.atomic():
        products = _lock([record.code for record in records])
        before = sum(size_of(vars(product)) for product in products.values())
        changes = Changes(user, "import")
        results: dict[str, Result] = {}
        for record in records:
            product = products.get(record.code)
            is_new = product is None
            if product is None:
                product = products[record.code] = Product(code=record.code, added_by=user)
            is_changed = merge_product(record, product, changes)
            results[record.code] = "created" if is_new else "updated" if is_changed else "unchanged"
        added = list(results.values()).count("created")
        size = sum(size_of(vars(product)) for product in products.values()) - before
        growth.require_space(added, size)
        changes.save()
        if dry_run:
            transaction.set_rollback(True)
    growth.add(added, size)
    return results


def _lock(codes: Sequence[str]) -> dict[str, Product]:
    """Return the existing products by their handles, with details and locked in order."""
    rows = Product.objects.with_details().filter(code__in=codes).order_by("pk")
    return {product.code: product for product in rows.select_for_update(of=("self",))}
