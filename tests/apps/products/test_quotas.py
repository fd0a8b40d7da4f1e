"""The limits on the products of a shop."""

import pytest

from apps.audit.models import AuditEvent
from apps.products.models import CatalogueVersion, Product
from apps.products.quotas import resize, size_of
from apps.tenants.context import tenant_context
from tests.apps.api.assertions import problem

CUP = {"name": "Cup", "code": "cup", "description": "ü" * 40}  # 86 bytes


def count(tenant):
    with tenant_context(tenant):
        return Product.objects.count()


def recorded(tenant):
    """Return the number and the size of the products as recorded."""
    with tenant_context(tenant):
        return CatalogueVersion.objects.values_list("product_count", "product_bytes").get()


@pytest.fixture
def cup(client):
    return client.post("/api/products/", CUP).json()


@pytest.fixture
def _counted(acme, globex, catalogue):
    """The products of the catalogue, which the factories do not count."""
    for tenant in (acme, globex):
        with tenant_context(tenant):
            sizes = [size_of(vars(product)) for product in Product.objects.all()]
            resize(products=len(sizes), size=sum(sizes))


def events(tenant):
    with tenant_context(tenant):
        return list(AuditEvent.objects.values_list("action", flat=True))


@pytest.mark.usefixtures("_counted")
def test_product_over_the_limit_is_409(client, acme, globex, settings):
    settings.MAX_PRODUCTS = 4
    assert (count(acme), count(globex)) == (3, 2)

    assert client.post("/api/products/", CUP).status_code == 201
    problem(client.post("/api/products/", CUP | {"code": "can"}), 409, "too_many_products")
    assert count(acme) == 4


def test_bytes_are_counted_in_utf_8(client, acme, settings):
    settings.MAX_PRODUCT_BYTES = 2 * 86 - 1

    assert client.post("/api/products/", CUP).status_code == 201
    problem(client.post("/api/products/", CUP | {"code": "can"}), 413, "storage_full")
    assert count(acme) == 1


def test_growing_product_is_refused_and_shrinking_one_is_not(client, acme, cup, settings):
    settings.MAX_PRODUCT_BYTES = 86
    url = f"/api/products/{cup['id']}/"

    problem(client.patch(url, {"description": "ü" * 41}), 413, "storage_full")
    with tenant_context(acme):
        assert Product.objects.get().description == "ü" * 40
    assert client.patch(url, {"description": "x" * 50}).status_code == 200
    assert client.patch(url, {"description": "y" * 80}).status_code == 200


def test_number_and_size_follow_every_change(client, acme, globex, cup):
    assert recorded(acme) == (1, 86)
    client.post("/api/products/", CUP | {"code": "can", "description": ""})
    assert recorded(acme) == (2, 92)
    client.patch(f"/api/products/{cup['id']}/", {"name": "Beaker", "tags": ["tea"]})
    assert recorded(acme) == (2, 95)
    client.delete(f"/api/products/{cup['id']}/")

    assert recorded(acme) == (1, 6)


def test_product_over_the_limit_leaves_no_event(client, acme, cup, settings):
    settings.MAX_PRODUCTS = 1
    before = events(acme)
    assert "product.created" in before

    problem(client.post("/api/products/", CUP | {"code": "can"}), 409, "too_many_products")

    assert events(acme) == before


def test_refused_product_is_not_counted(client, acme, cup):
    problem(client.post("/api/products/", CUP), 400)

    assert recorded(acme) == (1, 86)


@pytest.mark.usefixtures("_counted")
def test_full_shop_permits_changes_of_other_fields(client, catalogue, settings):
    settings.MAX_PRODUCTS, settings.MAX_PRODUCT_BYTES = 1, 1

    response = client.patch(f"/api/products/{catalogue['mug'].pk}/", {"status": "draft"})

    assert response.status_code == 200
