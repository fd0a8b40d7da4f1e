from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from apps.products.models import ProductImport
from apps.tenants.context import require_active_tenant


def store_import(
    file: File[bytes], *, filename: str, user: Any, dry_run: bool = False
) -> ProductImport:
    """Store a file of the active tenant, and return its import, which is queued."""
    product_import = ProductImport(
        filename=PurePath(filename).name[:255], user=user, is_dry_run=dry_run
    )
    name = f"{require_active_tenant().pk}/imports/{product_import.pk}.csv"
    product_import.stored_as = default_storage.save(name, file)
    try:
        with transaction.atomic():
            product_import.save(force_insert=True)
    except Exception:
        default_storage.delete(product_import.stored_as)
        raise
    return product_import
