"""Imports of files, in the active tenant."""

from __future__ import annotations

import io

from django.core.files.base import File

from apps.products.exports import write_export
from apps.products.imports.running import run_import
from apps.products.imports.uploads import store_import
from apps.products.models import Product
from tests.apps.products.csv.files import as_bytes, rows_of
from tests.apps.users.factories import first_user

SIMPLE = "Handle,Title,Variant Price"


def queue_import(*rows, content=None, dry_run=False):
    content = as_bytes(content if content is not None else rows_of(*rows))
    file = File(io.BytesIO(content))
    return store_import(file, filename="products.csv", user=first_user(), dry_run=dry_run)


def import_rows(*rows, **options):
    """Import a file of these lines, and return the import."""
    return run_import(queue_import(*rows, **options).pk)


def export():
    file = io.BytesIO()
    write_export(file)
    return file.getvalue()


def counts_of(product_import):
    names = ("total", "done", "created", "updated", "unchanged", "failed")
    return {name: getattr(product_import, name) for name in names if getattr(product_import, name)}


def messages_of(product_import):
    rows = product_import.messages.order_by("line", "id")
    return list(rows.values_list("line", "column_name", "code"))


def get_product(code):
    return Product.objects.with_details().get(code=code)
