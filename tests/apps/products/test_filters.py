"""The filters of products that look at their variants and tags, the order by price, and bulk."""

import pytest

from apps.products.models import CatalogueVersion, Product
from apps.tenants.context import tenant_context
from tests.apps.api.assertions import pointers, problem
from tests.apps.api.lists import pages, pages_back
from tests.apps.products.factories import make_product, make_variant

ELSEWHERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def priced(acme, staff):
    """Products with their prices and stocks; "two" has a cheap and a dear variant."""
    with tenant_context(acme):
        products = {
            "low": make_product("low", price=500, stock=1, vendor="Ann", added_by=staff),
            "high": make_product("high", price=5000, stock=0, product_type="Mug", added_by=staff),
            "two": make_product("two", price=100, stock=0, added_by=staff),
        }
        make_variant(products["two"], price=9000, stock=4)
        products["low"].tags.create(name="sale")
        return products


def codes(client, **query):
    response = client.get("/api/products/", query)
    assert response.status_code == 200, response.content
    return {row["code"] for row in response.json()["results"]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"vendor": "Ann"}, {"low"}),
        ({"product_type": "Mug"}, {"high"}),
        ({"tag": "sale"}, {"low"}),
        ({"tag": "sal"}, set()),
        ({"price_min": 500}, {"low", "high", "two"}),
        ({"price_max": 500}, {"low", "two"}),
        ({"price_min": 1000, "price_max": 6000}, {"high"}),
        ({"in_stock": "true"}, {"low", "two"}),
        ({"in_stock": "false"}, {"high"}),
        ({"in_stock": "true", "price_max": 600}, {"low"}),
        ({"status": "active"}, {"low", "high", "two"}),
        ({"status": "archived"}, set()),
    ],
)
def test_filter_finds(client, priced, query, found):
    assert codes(client, **query) == found


@pytest.mark.parametrize(
    "query",
    [
        {"price_min": "-1"},
        {"price_min": "1.5"},
        {"price_min": "x"},
        {"price_max": "1e3"},
        {"price_max": str(10**13)},
        {"price_max": "Infinity"},
        {"in_stock": "yes"},
        {"status": "gone"},
        {"collection": "x"},
        {"tag": ""},
    ],
)
def test_bad_filter_is_400(client, query):
    [name] = query
    assert pointers(client.get("/api/products/", query)) == {f"/{name}"}


def test_summary_has_the_price_of_the_first_variant(client, priced):
    rows = {row["code"]: row for row in client.get("/api/products/").json()["results"]}

    assert [rows["two"][name] for name in ("price", "currency", "in_stock")] == [100, "EUR", True]
    assert rows["high"]["in_stock"] is False


@pytest.mark.parametrize(
    ("ordering", "order"), [("price", ["two", "low", "high"]), ("-price", ["high", "low", "two"])]
)
def test_products_are_ordered_by_price(client, priced, ordering, order):
    query = {"ordering": ordering, "page_size": 1}

    there = [row["code"] for row in pages(client, "/api/products/", **query)]
    back = [row["code"] for row in pages_back(client, "/api/products/", **query)]

    assert (there, back) == (order, order)


def test_many_products_get_one_status(client, acme, priced):
    with tenant_context(acme):
        before = CatalogueVersion.objects.current()
    ids = [str(priced[code].pk) for code in ("low", "high")]

    response = client.patch("/api/products/", {"ids": ids, "status": "archived"})

    assert (response.status_code, response.json()) == (200, {"ids": ids, "status": "archived"})
    assert codes(client, status="archived") == {"low", "high"}
    with tenant_context(acme):
        assert CatalogueVersion.objects.current() > before


def test_many_products_change_or_none(client, acme, globex, priced, catalogue):
    own, theirs = str(priced["low"].pk), str(catalogue["theirs"].pk)

    other = client.patch("/api/products/", {"ids": [own, theirs], "status": "archived"})
    unknown = client.patch("/api/products/", {"ids": [own, ELSEWHERE], "status": "archived"})

    assert pointers(other) == {"/ids/1"}
    assert other.content == unknown.content
    for tenant in (acme, globex):
        with tenant_context(tenant):
            assert not Product.objects.filter(status="archived").exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"ids": [], "status": "draft"}, "/ids"),
        ({"ids": [ELSEWHERE] * 101, "status": "draft"}, "/ids"),
        ({"ids": [ELSEWHERE]}, "/status"),
        ({"ids": [ELSEWHERE], "status": "gone"}, "/status"),
    ],
)
def test_bad_bulk_change_is_400(client, body, pointer):
    assert pointers(client.patch("/api/products/", body)) == {pointer}


def test_bulk_change_is_the_teams(acme_client, priced):
    body = {"ids": [str(priced["low"].pk)], "status": "archived"}

    problem(acme_client.patch("/api/products/", body), 401)
