from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.products.exceptions import translate
from apps.tenants.fields import TenantForeignKey
from apps.tenants.models import TenantOwnedModel


class ProductImport(TenantOwnedModel):
    """A CSV file to be imported by a job, its progress and its result.

    `done`, `total` and `failed` count rows of the file; `created`, `updated` and `unchanged` count
    products.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    status = models.CharField(max_length=7, choices=Status.choices, default=Status.QUEUED)
    filename = models.CharField(max_length=255, blank=True)
    # The name of the stored file, which is deleted when the import ends.
    stored_as = models.CharField(max_length=255, blank=True)
    is_dry_run = models.BooleanField(default=False)
    user = TenantForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    # The number of products of the file that are imported, where a restarted job continues.
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantOwnedModel.Meta):
        db_table = "product_imports"
        indexes = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="products_import_newest")
        ]

    def __str__(self) -> str:
        return self.filename


class ImportMessage(TenantOwnedModel):
    """An error, which refuses a row, or a warning about a row or column of an import."""

    class Level(models.TextChoices):
        ERROR = "error"
        WARNING = "warning"

    product_import = TenantForeignKey(
        ProductImport, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    level = models.CharField(max_length=7, choices=Level.choices, default=Level.ERROR)
    line = models.PositiveIntegerField()
    # The header of the column, empty for the whole row.
    column_name = models.CharField(max_length=255, blank=True)
    code = models.CharField(max_length=50)
    # In English, to be translated when it is shown, and the parameters that it names.
    message = models.CharField(max_length=500)
    params = models.JSONField(default=dict)

    class Meta(TenantOwnedModel.Meta):
        db_table = "import_messages"
        indexes = [
            models.Index(
                fields=["tenant", "product_import", "level", "line"], name="products_message_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.detail}"

    @property
    def detail(self) -> str:
        """The message in the active language."""
        return translate(self.message, self.params)
