"""Imports whose workers are killed end as if nothing had happened."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection

import pytest
from django.core.files.base import File
from django.db import connections
from django.db.models import F

from apps.jobs.models import Job
from apps.jobs.tasks import JobTask
from apps.products.imports import jobs
from apps.products.imports.uploads import store_import
from apps.products.models import Product, ProductImport, StockMovement
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from tests.apps.jobs.runs import run_all_jobs
from tests.apps.products.imports.files import export
from tests.apps.tenants.factories import make_tenant
from tests.apps.users.factories import make_user
from tests.drills import tasks
from tests.drills.figures import Table, published
from tests.drills.fixtures import ACME, GLOBEX, NO_RATES
from tests.drills.kills import kill_workers
from tests.load.process import run
from tests.load.requests import Request, percentile, statuses
from tests.load.threads import Load
from tests.processes import Server, serving, until

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

KILLS, CONTROL_KILLS = 200, 50
LONGEST_LIFE = 0.5
#: More than the workers can import before the last kill.
FILES, PRODUCTS = 20, 400
CONTROL_FILES = 12
#: How much slower a neighbour may become, and how slow; and how much more a busy machine may take.
FACTOR, LONGEST, TOLERANCE = 3, 0.1, 2
SECONDS = 8.0
HEADER = (
    "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty,Tags\n"
)


def product_file(number: int) -> bytes:
    """Return a file of products with two variants each, some of them refused."""
    lines = [HEADER]
    for product in range(PRODUCTS):
        handle = f"mug-{number}-{product}"
        price = "call us" if product % 50 == 49 else f"{product}.50"
        lines.append(f'{handle},Mug {product},Size,S,S-{handle},{price},{product % 9},"new, mug"\n')
        lines.append(f"{handle},,,L,L-{handle},{price},3,\n")
    return "".join(lines).encode()


def enqueue_imports(shop: Tenant, task: JobTask, files: int) -> None:
    with tenant_context(shop):
        user = make_user(f"owner@{shop.code}.example", role="owner")
        for number in range(files):
            file = File(io.BytesIO(product_file(number)))
            queued = store_import(file, filename=f"{number}.csv", user=user)
            task.enqueue(str(queued.pk))


def result_of(shop: Tenant) -> tuple[object, ...]:
    """Return everything that imports write, but for ids and times."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")  # rather than wait for autovacuum
    names = ("filename", "status", "total", "done", "created", "updated", "unchanged", "failed")
    with tenant_context(shop):
        imports = sorted(ProductImport.objects.values_list(*names))
        messages = sorted(
            ProductImport.objects.values_list("filename", "messages__line", "messages__code")
        )
        stock = sorted(StockMovement.objects.values_list("variant__sku", "delta", "reason"))
        # Workers that are killed import the files alternately, and an export is in that order.
        lines = sorted(export().splitlines())
        return lines, imports, messages, stock, Product.objects.count()


def interrupted_attempts(shop: Tenant) -> int:
    with tenant_context(shop):
        return sum(Job.objects.values_list(F("attempts") - 1, flat=True))


def import_with_kills(shop: Tenant, task: JobTask, files: int, kills: int) -> tuple[object, ...]:
    enqueue_imports(shop, task, files)
    kill_workers(kills, LONGEST_LIFE)
    run_all_jobs()
    return result_of(shop)


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    with published("imports", drills=3) as table:
        yield table


def test_imports_survive_kills(acme, settings, table):
    settings.JOB_QUOTAS = {**settings.JOB_QUOTAS, "imports": FILES}
    control = make_tenant("control")
    undisturbed = {}
    for files in (FILES, CONTROL_FILES):
        shop = make_tenant(f"quiet-{files}")
        enqueue_imports(shop, jobs.import_products, files)
        run_all_jobs()
        undisturbed[files] = result_of(shop)

    killed = import_with_kills(acme, jobs.import_products, FILES, KILLS)
    interrupted = interrupted_attempts(acme)
    is_equal = killed == undisturbed[FILES]
    table.add(
        f"{KILLS} kills of a worker at random moments of imports, {interrupted} in an attempt",
        "",
        "catalogue and reports as if undisturbed",
        "equal" if is_equal else "different",
        met=is_equal,
    )
    without = import_with_kills(control, tasks.import_from_the_start, CONTROL_FILES, CONTROL_KILLS)
    differs = without != undisturbed[CONTROL_FILES]
    table.add(
        f"control: {CONTROL_KILLS} kills, attempts that begin with the first row",
        "",
        "different",
        "different" if differs else "equal",
        met=differs,
    )

    assert interrupted > KILLS / 2
    assert killed == undisturbed[FILES]
    assert without != undisturbed[CONTROL_FILES]


def upload(server: Server, token: dict[str, str], content: bytes) -> str:
    """Upload a product file to acme; return the path of its import."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="many.csv"\r\n\r\n'
        + content
        + b"\r\n--x--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    headers = {"Host": f"{ACME}:{server.port}", **kind, **token}
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        connection.request("POST", "/api/products/import/", body, headers)
        response = connection.getresponse()
        assert response.status == 202
        return f"/api/imports/{json.loads(response.read())['id']}/"


def test_import_of_one_shop_does_not_slow_a_neighbour(folder, table):
    with serving(folder, **NO_RATES, JOB_WORKERS=1) as server:
        visit = Request(GLOBEX, "/api/products/")
        neighbour = Load(server.port, [visit], clients=2, seconds=SECONDS, pause=0.05)
        run(neighbour)
        alone = run(neighbour)
        token = server.log_in(ACME, *server.demo_log_ins[ACME])
        content = b"".join(product_file(number) for number in range(FILES))
        path = upload(server, token, HEADER.encode() + content.replace(HEADER.encode(), b""))
        until(lambda: server.get(ACME, path, **token).json()["created"])
        beside = run(neighbour)
        status = server.get(ACME, path, **token).json()["status"]

    before, after = percentile(alone, 0.99), percentile(beside, 0.99)
    table.add(
        f"{FILES * PRODUCTS * 2:,} rows are imported at shop A",
        "",
        f"p99 of B's list <= x {FACTOR} or {LONGEST * 1000:.0f} ms, all of it served",
        f"p99 x {after / before:.1f}: {before * 1000:.0f} -> {after * 1000:.0f} ms",
        met=after <= max(FACTOR * before, LONGEST) and set(statuses(beside)) == {200},
    )
    assert status == "running", "The import was over too early."
    assert set(statuses(beside)) == {200}
    assert after <= max(FACTOR * before, LONGEST) * TOLERANCE
