"""An import from its first row to its last, continued wherever it was interrupted."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from apps.audit.models import AuditEvent
from apps.products.actions import ProductAction
from apps.products.csv.exceptions import FileRefused
from apps.products.csv.findings import RowError
from apps.products.csv.product_file import Product as FileProduct
from apps.products.csv.product_file import ProductFile
from apps.products.imports.batches import Result, batches_of, import_batch
from apps.products.imports.messages import MessageLog
from apps.products.models import CatalogueVersion, ImportMessage, ProductImport
from apps.tenants.context import require_active_tenant

Transaction = Callable[[], AbstractContextManager[object]]
Progress = Callable[[ProductImport], None]

_COUNTS: Final[tuple[Result, ...]] = ("created", "updated", "unchanged")


def run_import(
    import_id: UUID,
    *,
    batch_transaction: Transaction = transaction.atomic,
    progress: Progress = lambda row: None,
) -> ProductImport:
    """Run an import of the active tenant to its end, and return it.

    Its progress is saved in the transaction of each batch, so a second call after a crash continues
    after the last batch that was committed. `progress` is called after each transaction.
    """
    product_import = ProductImport.objects.select_related("user").get(pk=import_id)
    run = _Run(product_import, batch_transaction, progress)
    if product_import.finished_at is None:
        run.run()
    if product_import.stored_as:
        default_storage.delete(product_import.stored_as)
    return product_import


def abandon_import(import_id: UUID) -> None:
    """End an import that was interrupted and will not be continued. What it wrote stays."""
    rows = ProductImport.objects.filter(pk=import_id, finished_at=None)
    for product_import in rows.select_related("user"):
        _Run(product_import, transaction.atomic, lambda row: None).fail(
            "interrupted", _("The import was interrupted. Import the same file again.")
        )
        default_storage.delete(product_import.stored_as)


class _Run:
    def __init__(
        self, product_import: ProductImport, batch_transaction: Transaction, progress: Progress
    ) -> None:
        self.row = product_import
        self.transaction = batch_transaction
        self.progress = progress
        self.messages = MessageLog(product_import)

    def run(self) -> None:
        try:
            with (
                default_storage.open(self.row.stored_as) as file,
                ProductFile(file, require_active_tenant().currency) as products,  # type: ignore[arg-type]
            ):
                self._load(products)
                for batch in batches_of(products.products(start=self.row.position)):
                    self._import(batch)
        except FileRefused as error:
            self.fail(error.code, error.message, **error.params)
        except FileNotFoundError:
            self.fail("file_missing", _("The file is no longer there. Upload it again."))
        else:
            self._finish(ProductImport.Status.DONE)

    def fail(self, code: str, message: str, /, **params: Any) -> None:
        self._finish(ProductImport.Status.FAILED, RowError(1, "", code, message, params))

    def _load(self, products: ProductFile) -> None:
        """Read the whole file, and store its findings unless an earlier run did."""
        if self.row.status == ProductImport.Status.QUEUED:
            messages = self.messages.collect(products.load())
            with self.transaction():
                ImportMessage.objects.bulk_create(messages, batch_size=1_000)
                self._record(ProductAction.IMPORT_STARTED)
                self._save(
                    status=ProductImport.Status.RUNNING,
                    total=products.rows,
                    done=products.refused,
                    failed=products.refused,
                )
        else:
            deque(products.load(), maxlen=0)
        self.progress(self.row)

    def _import(self, batch: Sequence[FileProduct]) -> None:
        with self.transaction():
            outcomes = import_batch(batch, self.row.user, dry_run=self.row.is_dry_run)
            counts = Counter(outcome.result for outcome in outcomes)
            findings = (finding for outcome in outcomes for finding in outcome.findings)
            ImportMessage.objects.bulk_create(self.messages.collect(findings), batch_size=1_000)
            self._save(
                position=batch[-1].number + 1,
                done=self.row.done + sum(product.rows for product in batch),
                failed=self.row.failed + sum(outcome.refused for outcome in outcomes),
                **{name: getattr(self.row, name) + counts[name] for name in _COUNTS},
            )
            if not self.row.is_dry_run and counts["created"] + counts["updated"]:
                CatalogueVersion.objects.increase()
        self.progress(self.row)

    def _finish(self, status: ProductImport.Status, *errors: RowError) -> None:
        with self.transaction():
            ImportMessage.objects.bulk_create(self.messages.collect(errors))
            self._save(status=status, finished_at=timezone.now())
            counts = {name: getattr(self.row, name) for name in (*_COUNTS, "failed")}
            self._record(ProductAction.IMPORTED, status=status.value, **counts)
        self.progress(self.row)

    def _save(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.row, name, value)
        self.row.save(update_fields=[*values])

    def _record(self, action: ProductAction, **details: Any) -> None:
        AuditEvent.objects.record(
            action,
            None,
            actor=self.row.user,
            subject=self.row.filename,
            dry_run=self.row.is_dry_run,
            **details,
        )
