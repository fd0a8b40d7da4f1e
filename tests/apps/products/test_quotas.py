"""The limits on the products of a shop."""

import pytest
from django.core.cache import cache

from apps.products.models import Product
from apps.tenants.context import tenant_context
from tests.apps.api.assertions import problem
from tests.apps.products.factories import make_product

CUP = {"name": "Cup", "code": "cup", "description": "ü" * 40}  # 86 bytes


def count(tenant):
    with tenant_context(tenant):
        return Product.objects.count()


def test_product_over_the_limit_is_409(client, acme, globex, catalogue, settings):
    settings.MAX_PRODUCTS = 4
    assert (count(acme), count(globex)) == (3, 2)

    assert client.post("/api/products/", CUP).status_code == 201
    problem(client.post("/api/products/", CUP | {"code": "can"}), 409, "too_many_products")
    assert count(acme) == 4


def test_bytes_are_counted_in_utf_8(client, acme, staff, settings):
    settings.MAX_PRODUCT_BYTES = 2 * 86 - 1

    assert client.post("/api/products/", CUP).status_code == 201
    problem(client.post("/api/products/", CUP | {"code": "can"}), 413, "storage_full")
    assert count(acme) == 1


def test_growing_product_is_refused_and_shrinking_one_is_not(client, acme, staff, settings):
    with tenant_context(acme):
        mug = make_product("mug", name="Mug", description="x" * 100, added_by=staff)
    settings.MAX_PRODUCT_BYTES = 106
    url = f"/api/products/{mug.pk}/"

    problem(client.patch(url, {"description": "x" * 101}), 413, "storage_full")
    with tenant_context(acme):
        assert len(Product.objects.get().description) == 100
    assert client.patch(url, {"description": "x" * 50}).status_code == 200
    assert client.patch(url, {"description": "y" * 100}).status_code == 200


def test_what_other_processes_stored_is_counted(client, acme, staff, settings):
    settings.MAX_PRODUCTS = 3
    with tenant_context(acme):
        for _ in range(3):
            make_product(added_by=staff)

    problem(client.post("/api/products/", CUP), 409, "too_many_products")


@pytest.mark.usefixtures("catalogue")
def test_full_shop_permits_changes_of_other_fields(client, acme, settings):
    settings.MAX_PRODUCTS, settings.MAX_PRODUCT_BYTES = 1, 1
    with tenant_context(acme):
        mug = Product.objects.get(code="mug")

    response = client.patch(f"/api/products/{mug.pk}/", {"status": "draft"})

    assert response.status_code == 200


def test_count_that_expires_during_a_request_is_no_server_error(client, acme, staff):
    assert client.post("/api/products/", CUP).status_code == 201
    with tenant_context(acme):
        assert cache.delete("products:rows")

    assert client.post("/api/products/", CUP | {"code": "can"}).status_code == 201
