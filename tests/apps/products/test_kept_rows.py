"""Single rows of the catalogue, which are kept until the catalogue changes."""

import pytest

from apps.products.models import StockItem
from apps.products.views.caching import rendered_responses
from apps.tenants.context import tenant_context
from tests.apps.api.assertions import problem
from tests.apps.api.lists import statements
from tests.apps.products.factories import make_collection, make_product, make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug(acme):
    with tenant_context(acme):
        product = make_product("mug")
        make_variant(product, stock=5)
        return product


@pytest.fixture
def paths(acme, mug):
    with tenant_context(acme):
        variant, collection = mug.variants.get(), make_collection("cups")
    return [
        f"/api/products/{mug.pk}/",
        f"/api/products/{mug.pk}/variants/{variant.pk}/",
        f"/api/collections/{collection.pk}/",
    ]


def test_kept_row_takes_the_statement_of_the_session(acme_client, owner, paths):
    client = acme_client.as_(owner)
    for path in paths:
        first = client.get(path)
        with statements() as sent:
            again = client.get(path)

        assert ["sessions" in sql for sql in sent] == [True]
        assert (again.content, again["ETag"]) == (first.content, first["ETag"])


def test_etag_is_that_of_the_body(acme_client, owner, mug):
    """Writes compare If-Match with it, so it stays the same when another product changes."""
    client, path = acme_client.as_(owner), f"/api/products/{mug.pk}/"
    etag = client.get(path)["ETag"]
    client.post("/api/products/", {"name": "Pot", "code": "pot"})

    assert client.get(path)["ETag"] == etag
    assert client.patch(path, {"name": "Cup"}, headers={"If-Match": etag}).status_code == 200


def test_client_with_the_present_row_gets_304(acme_client, paths):
    for path in paths:
        first = acme_client.get(path)
        again = acme_client.get(path, HTTP_IF_NONE_MATCH=first["ETag"])

        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        assert again["ETag"] == first["ETag"]
        assert first["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_change_gives_another_row(acme, acme_client, owner, mug):
    client, path = acme_client.as_(owner), f"/api/products/{mug.pk}/"
    assert client.get(path).json()["variants"][0]["stock"] == 5
    assert acme_client.get(path).json()["variants"][0]["in_stock"] is True
    with tenant_context(acme):
        variant = StockItem.objects.get(variant__product=mug).variant
    client.post(f"{path}variants/{variant.pk}/stock/", {"delta": -5, "reason": "sold"})

    assert client.get(path).json()["variants"][0]["stock"] == 0
    assert acme_client.get(path).json()["variants"][0]["in_stock"] is False


def test_readers_get_rows_of_their_own(acme_client, owner, mug):
    path = f"/api/products/{mug.pk}/"
    stocks = [
        client.get(path).json()["variants"][0].get("stock", "not shown")
        for client in (acme_client.as_(owner), acme_client, acme_client.as_(owner))
    ]

    assert stocks == [5, "not shown", 5]


def test_row_kept_for_the_team_is_not_shown_to_others(acme, acme_client, owner):
    with tenant_context(acme):
        path = f"/api/products/{make_product('draft', published=False).pk}/"
    assert acme_client.as_(owner).get(path).status_code == 200

    problem(acme_client.get(path), 404)


def test_deleted_row_is_gone(acme_client, owner, mug):
    client, path = acme_client.as_(owner), f"/api/products/{mug.pk}/"
    assert client.get(path).status_code == 200
    client.delete(path)

    problem(client.get(path), 404)
    problem(acme_client.get(path), 404)


def test_row_of_another_shop_is_not_kept_for_this_one(acme_client, globex_client, mug):
    path = f"/api/products/{mug.pk}/"
    assert acme_client.get(path).status_code == 200

    problem(globex_client.get(path), 404)


def test_missing_row_is_not_kept(acme_client, acme):
    problem(acme_client.get(f"/api/products/{acme.pk}/"), 404)

    assert rendered_responses.size == 0
