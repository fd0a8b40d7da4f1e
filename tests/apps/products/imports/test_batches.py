"""Batches: one bad product does not cost the others, and limits hold."""

from __future__ import annotations

import pytest

from apps.products.imports import batches
from apps.products.models import CatalogueVersion, Product
from apps.tenants.context import tenant_context
from tests.apps.products.factories import make_product
from tests.apps.products.imports.files import (
    SIMPLE,
    counts_of,
    get_product,
    import_rows,
    messages_of,
)

pytestmark = pytest.mark.usefixtures("in_acme", "owner")


def test_product_that_does_not_fit_costs_no_other():
    import_rows("Handle,Title,Option1 Name,Option1 Value,Variant Price", "tee,Tee,Size,S,5")

    done = import_rows("Handle,Title,Variant Price", "pot,Pot,5", "tee,Tee,6", "mug,Mug,7")

    assert counts_of(done) == {"total": 3, "done": 3, "created": 2, "failed": 1}
    assert messages_of(done) == [(3, "", "unknown_variant")]
    assert get_product("mug").name == "Mug"


def test_product_that_the_database_refuses_costs_no_other(monkeypatch):
    """Another request adds a product between the look-up of its handle and the insertion."""
    make_product("pot", price=1)
    lock, calls = batches._lock, []

    def lock_too_early(codes):
        calls.append(codes)
        return {} if len(calls) == 1 else lock(codes)

    monkeypatch.setattr(batches, "_lock", lock_too_early)

    done = import_rows(SIMPLE, "pot,Kettle,5", "mug,Mug,7")

    assert calls == [["pot", "mug"], ["pot"], ["mug"]]
    assert counts_of(done) == {"total": 2, "done": 2, "created": 1, "updated": 1}
    assert get_product("pot").name == "Kettle"


def test_quota_refuses_new_products_and_not_the_updates(settings):
    import_rows(SIMPLE, "pot,Pot,5")
    settings.MAX_PRODUCTS = 2

    done = import_rows(SIMPLE, "pot,Kettle,6", "mug,Mug,7", "cup,Cup,8")

    assert counts_of(done) == {"total": 3, "done": 3, "created": 1, "updated": 1, "failed": 1}
    assert messages_of(done) == [(4, "", "too_many_products")]


def test_imported_products_are_counted_with_their_texts():
    import_rows(SIMPLE, "pot,Pot,5", "mug,,7", "cup,Cup,8")  # one is refused, the others are not
    import_rows(SIMPLE, "pot,Kettle,5")

    assert CatalogueVersion.objects.current_size() == (2, len("potKettle") + len("cupCup"))


def test_dry_run_takes_nothing_of_the_quota(settings):
    settings.MAX_PRODUCTS = 1
    import_rows(SIMPLE, "pot,Pot,5", dry_run=True)
    assert CatalogueVersion.objects.current_size() == (0, 0)

    done = import_rows(SIMPLE, "mug,Mug,5")

    assert counts_of(done)["created"] == 1


def test_products_of_other_shops_are_neither_found_nor_changed(globex, globex_owner):
    with tenant_context(globex):
        theirs = make_product("pot", name="Their pot", price=1)

    done = import_rows(SIMPLE, "pot,Pot,5")

    assert counts_of(done)["created"] == 1
    with tenant_context(globex):
        theirs.refresh_from_db()
        assert (theirs.name, Product.objects.count()) == ("Their pot", 1)


def test_queries_do_not_grow_with_the_products(django_assert_max_num_queries):
    def queries(count):
        with django_assert_max_num_queries(200) as captured:
            import_rows(SIMPLE, *(f"pot-{count}-{n},Pot,5" for n in range(count)))
        return len(captured)

    queries(1)

    assert queries(30) == queries(3)
