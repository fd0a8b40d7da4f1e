# ruff: noqa: E402 -- models can be imported only after django.setup()
"""Measure imports and exports of a catalogue: `python -m bench.catalogue.imports [ROWS]`.

A quarter of the rows are products; each has four variants and four images. The file is made anew.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import IO

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.conf import settings
from django.core.files.base import File
from django.test.utils import setup_databases, setup_test_environment, teardown_databases

from apps.products.exports import write_export
from apps.products.imports.running import run_import
from apps.products.imports.uploads import store_import
from apps.tenants import listener
from apps.tenants.context import tenant_context
from apps.users.models import User
from tests.apps.tenants.factories import make_tenant
from tests.apps.users.factories import make_user

ROWS = 50_000
HEADER = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Option1 Name,Option1 Value,Variant SKU,"
    "Variant Price,Variant Inventory Qty,Image Src,Image Alt Text,Status\r\n"
)
DESCRIPTION = "<p>Stoneware, glazed by hand and fired twice.</p>" * 8


def lines(rows: int, price: int) -> Iterator[str]:
    yield HEADER
    for number in range(rows):
        product, size = divmod(number, 4)
        first = f"Mug {product},{DESCRIPTION.replace(',', '&#44;')},Kiln {product % 40},Mugs"
        first += f',"tag-{product % 50}, tag-{product % 7}",Size'
        start = first if size == 0 else ",,,,,"
        yield (
            f"mug-{product},{start},{size},SKU-{number},{price}.{number % 90 + 10},{number % 30},"
            f"https://cdn.example/{number}.jpg,Mug,{'active' if size == 0 else ''}\r\n"
        )


def import_rows(rows: int, price: int, user: User) -> str:
    with tempfile.TemporaryFile() as file:
        file.writelines(line.encode() for line in lines(rows, price))
        file.seek(0)
        queued = store_import(File(file), filename="bench.csv", user=user)
    done = run_import(queued.pk)
    return f"{done.created} created, {done.updated} updated, {done.unchanged} unchanged"


def export() -> str:
    with tempfile.TemporaryFile() as file:
        return f"{write_export(file)} products, {megabytes(file):.0f} MB"


def megabytes(file: IO[bytes]) -> float:
    return file.tell() / 1e6


def measure(name: str, rows: int, work: Callable[[], str]) -> None:
    started = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:<22}{seconds:>8.1f}{rows / seconds:>10.0f}{peak:>10.0f}   {result}", flush=True)


def main(rows: int) -> None:
    setup_test_environment(debug=False)
    with settings.EMBEDDED_POSTGRES.running():
        databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
        try:
            with tenant_context(make_tenant("bench")):
                user = make_user("owner@bench.example", role="owner")
                print(f"{rows} rows{'':<12}{'s':>8}{'rows/s':>10}{'MiB peak':>10}", flush=True)
                measure("import new products", rows, lambda: import_rows(rows, 10, user))
                measure("import them again", rows, lambda: import_rows(rows, 10, user))
                measure("import other prices", rows, lambda: import_rows(rows, 11, user))
                measure("export", rows, export)
        finally:
            listener.tenant_listener.stop()
            django.db.connections.close_all()
            teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
