"""Whole imports: what they write, count, store and leave behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from hypothesis import HealthCheck, given, settings

from apps.audit.models import AuditEvent
from apps.products.csv.writer import write_products
from apps.products.imports import batches
from apps.products.imports.running import run_import
from apps.products.models import CatalogueVersion, Product
from apps.tenants.context import tenant_context
from tests.apps.products.csv.catalogues import CATALOGUES
from tests.apps.products.factories import make_image
from tests.apps.products.imports.files import (
    SIMPLE,
    counts_of,
    export,
    get_product,
    import_rows,
    messages_of,
    queue_import,
)
from tests.apps.tenants.factories import make_tenant

REAL = Path(__file__).resolve().parents[5] / "shared/data/shopify"

pytestmark = pytest.mark.usefixtures("in_acme", "owner")


def test_new_products_are_created():
    done = import_rows(
        "Handle,Title,Tags,Option1 Name,Option1 Value,Variant SKU,Variant Price,"
        "Variant Inventory Qty,Image Src,Image Alt Text,Variant Image,Status",
        'tee,Tee,"new, sale",Size,S,T-S,20.00,3,https://cdn.example/1.jpg,Front,'
        "https://cdn.example/1.jpg,active",
        "tee,,,,L,T-L,22.00,-1,https://cdn.example/2.jpg,,,",
        "pot,Pot,,,,,5,,,,,",
    )

    assert (done.status, counts_of(done)) == ("done", {"total": 3, "done": 3, "created": 2})
    tee = get_product("tee")
    small, large = tee.variants.all()
    assert (tee.name, tee.status, tee.default_variant) == ("Tee", "active", small)
    assert [(v.sku, v.price, v.stock, v.value1.name) for v in (small, large)] == [
        ("T-S", 2000, 3, "S"),
        ("T-L", 2200, -1, "L"),
    ]
    assert {tag.name for tag in tee.tags.all()} == {"new", "sale"}
    assert [(i.source_url, i.alt, i.status) for i in tee.images.all()] == [
        ("https://cdn.example/1.jpg", "Front", "pending"),
        ("https://cdn.example/2.jpg", "", "pending"),
    ]
    assert [row.image for row in small.variant_images.all()] == [tee.images.all()[0]]
    assert get_product("pot").status == "draft"


def test_same_file_again_changes_nothing():
    rows = (SIMPLE, "pot,Pot,5", "mug,Mug,6")
    import_rows(*rows)
    version, stamps = CatalogueVersion.objects.current(), {*Product.objects.values_list()}

    done = import_rows(*rows)

    assert counts_of(done) == {"total": 2, "done": 2, "unchanged": 2}
    assert CatalogueVersion.objects.current() == version
    assert {*Product.objects.values_list()} == stamps


@pytest.mark.parametrize("name", ["apparel.csv", "home-and-garden.csv"])
def test_real_files_survive_the_journey(name, globex, globex_owner):
    if not (REAL / name).exists():
        pytest.skip("the sample files of Shopify are not here")
    done = import_rows(content=(REAL / name).read_bytes())
    first = export()

    again = import_rows(content=first)

    assert done.failed == 0
    assert counts_of(again) == {"total": done.total, "done": done.total, "unchanged": done.created}
    assert export() == first
    with tenant_context(globex):
        import_rows(content=first)
        assert export() == first


def test_export_into_another_shop_is_the_same(globex, globex_owner):
    import_rows(
        "Handle,Title,Body (HTML),Tags,Option1 Name,Option1 Value,Option2 Name,Option2 Value,"
        "Variant Price,Image Src,Variant Image,Variant Grams",
        'tee,=Tee,<p>x</p><script>y</script>,"a\\, b, c",Size,S,Colour,Red,20,'
        "https://cdn.example/1.jpg,https://cdn.example/9.jpg,",
        "tee,,,,,L,,Red,21,https://cdn.example/2.jpg,,250",
        "pot,Pot,,,,,,,5,,,",
    )
    exported = export()

    with tenant_context(globex):
        import_rows(content=exported)
        copy = export()

    assert copy == exported
    assert b"script" not in exported


# Without a transaction around it, which PostgreSQL ends if an example takes long to make.
@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CATALOGUES)
def test_generated_catalogues_survive_two_shops(records):
    with tenant_context(make_tenant()):
        done = import_rows(content=b"".join(write_products(records, "EUR")))
        exported = export()
    with tenant_context(make_tenant()):
        import_rows(content=exported)
        copy = export()

    assert (done.created, done.failed) == (len(records), 0)
    assert copy == exported


def test_uploaded_image_is_exported_by_its_address_at_the_shop(acme, globex, globex_owner):
    import_rows(SIMPLE, "pot,Pot,5")
    product = get_product("pot")
    image = make_image(product, alt="Front", width=1200)
    make_image(product, status="pending", content_hash="ab" * 32, position=1)

    exported = export()

    address = f"{acme.canonical_url}media/{image.content_hash}/1200.webp"
    assert address in exported.decode()
    assert b"abab" not in exported
    assert import_rows(content=exported).unchanged == 1
    with tenant_context(globex):
        import_rows(content=exported)
        assert export() == exported


def test_bad_rows_are_counted_and_named():
    done = import_rows(
        f"{SIMPLE},Colour",
        "pot,Pot,5,red",
        'mug,"Mug,6,',
        "cup,Cup,call us,",
        "tin,,7,",
        "jar,Jar,8,",
    )

    assert counts_of(done) == {"total": 5, "done": 5, "created": 2, "failed": 3}
    assert messages_of(done) == [
        (1, "Colour", "ignored_column"),
        (3, "", "unclosed_quote"),
        (4, "Variant Price", "not_a_number"),
        (4, "", "no_valid_variant"),
        (5, "Title", "missing_name"),
    ]


def test_file_that_is_not_a_list_of_products_fails():
    done = import_rows("a,b", "1,2")

    assert (done.status, counts_of(done)) == ("failed", {})
    assert messages_of(done) == [(1, "", "unknown_columns")]


def test_dry_run_reports_the_same_and_writes_nothing():
    import_rows(SIMPLE, "pot,Pot,5")
    before = export()
    rows = (SIMPLE, "pot,Kettle,5", "mug,Mug,6", "cup,Cup,call us")

    tried = import_rows(*rows, dry_run=True)

    assert export() == before
    done = import_rows(*rows)
    assert counts_of(tried) == counts_of(done)
    assert messages_of(tried) == messages_of(done)
    assert get_product("pot").name == "Kettle"


def test_stored_file_belongs_to_the_tenant_and_is_deleted(acme):
    queued = queue_import(SIMPLE, "pot,Pot,5")
    name = queued.stored_as
    assert name.startswith(f"{acme.pk}/imports/")
    assert default_storage.exists(name)

    run_import(queued.pk)

    assert not default_storage.exists(name)


def test_interrupted_import_continues_where_it_was(monkeypatch):
    monkeypatch.setattr(batches, "MAX_PRODUCTS", 2)
    queued = queue_import(SIMPLE, *(f"pot-{n},Pot,{n}" for n in range(5)), "bad,Bad,x")
    committed = []

    def interrupt(row):
        committed.append(row.position)
        if row.position == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_import(queued.pk, progress=interrupt)
    assert Product.objects.count() == 2

    done = run_import(queued.pk, progress=lambda row: committed.append(row.position))

    assert committed == [0, 2, 2, 4, 6, 6]
    assert counts_of(done) == {"total": 6, "done": 6, "created": 5, "failed": 1}
    assert [code for _, _, code in messages_of(done)] == ["not_a_number", "no_valid_variant"]


def test_finished_import_is_not_run_again():
    done = import_rows(SIMPLE, "pot,Pot,5")
    Product.objects.all().update(name="Kettle")

    again = run_import(done.pk)

    assert counts_of(again) == counts_of(done)
    assert get_product("pot").name == "Kettle"


def test_lost_file_is_reported():
    queued = queue_import(SIMPLE, "pot,Pot,5")
    default_storage.delete(queued.stored_as)

    done = run_import(queued.pk)

    assert (done.status, messages_of(done)) == ("failed", [(1, "", "file_missing")])


def test_start_and_end_are_audited(owner):
    import_rows(SIMPLE, "pot,Pot,5")

    started, ended = AuditEvent.objects.order_by("created_at", "id")
    assert (started.action, started.subject, started.actor) == (
        "product.import_started",
        "products.csv",
        owner,
    )
    assert (ended.action, ended.details["created"]) == ("product.imported", 1)
