"""Filters, search, order and pages of GET /api/products/; and how many queries it takes."""

import pytest
from django.db import transaction

from apps.products.editing import edit_product
from apps.products.models import Product
from apps.tenants.context import tenant_context
from tests.apps.api.assertions import client_problem, problem
from tests.apps.api.lists import pages, pages_back, statements
from tests.apps.products.factories import make_image, make_product
from tests.pairs import spread_first

ORDERINGS = ["name", "-name", "added_on", "-added_on"]


def codes(client, **query):
    response = client.get("/api/products/", query)
    assert response.status_code == 200, response.content
    return [row["code"] for row in response.json()["results"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"mug", "pot", "draft"}),
        ({"code": "mug"}, {"mug"}),
        ({"code": "mu"}, set()),
        ({"code": "MUG"}, set()),
        ({"code": "none"}, set()),
        ({"published": "true"}, {"mug", "pot"}),
        ({"published": "false"}, {"draft"}),
        ({"search": "mug"}, {"mug", "draft"}),
        ({"search": "MUG"}, {"mug", "draft"}),
        ({"search": "mug", "published": "true"}, {"mug"}),
        ({"search": "their"}, set()),
        ({"search": "%"}, set()),
        ({"search": "_"}, set()),
        ({"search": "\\"}, set()),
        ({"search": "' OR 1=1 --"}, set()),
        ({"search": ""}, {"mug", "pot", "draft"}),
    ],
)
def test_filters_and_search_find(client, catalogue, query, found):
    assert set(codes(client, **query)) == found


@pytest.mark.parametrize(
    "name", ["tenant", "tenant_id", "added_by__password__startswith", "code__in", "pk", "id"]
)
def test_unknown_parameters_do_not_change_the_list(client, catalogue, name):
    response = client.get("/api/products/", {name: "x"})
    if response.status_code == 200:
        assert len(response.json()["results"]) == 3
    else:
        client_problem(response)


@pytest.mark.parametrize(
    ("ordering", "order"),
    [
        ("name", ["draft", "mug", "pot"]),
        ("-name", ["pot", "mug", "draft"]),
        ("added_on", ["mug", "pot", "draft"]),
        ("-added_on", ["draft", "pot", "mug"]),
    ],
)
def test_ordering(client, catalogue, ordering, order):
    assert codes(client, ordering=ordering) == order


def test_newest_come_first(client, catalogue):
    assert codes(client) == ["draft", "pot", "mug"]


@pytest.fixture
def thirty(acme, globex, staff, globex_owner):
    """Thirty products of one name and one moment, and as many of the other shop."""
    for tenant, person in ((acme, staff), (globex, globex_owner)):
        with tenant_context(tenant):
            for number in range(30):
                make_product(f"same-{number}", name="Same", added_by=person)
            moment = Product.objects.latest("added_on").added_on
            Product.objects.update(added_on=moment)
    with tenant_context(acme):
        return {str(pk) for pk in Product.objects.values_list("pk", flat=True)}


@pytest.mark.parametrize(
    ("page_size", "ordering"), spread_first([1, 7, 10, 29, 30, 100], [None, *ORDERINGS])
)
def test_pages_contain_equal_rows_once(client, thirty, ordering, page_size):
    order = {"ordering": ordering} if ordering else {}
    rows = pages(client, "/api/products/", page_size=page_size, **order)
    assert len(rows) == 30
    assert {row["id"] for row in rows} == thirty


@pytest.mark.parametrize(
    ("page_size", "ordering"), spread_first([1, 7, 10, 29, 30, 100], ORDERINGS)
)
def test_backward_pages_contain_equal_rows_once(client, thirty, ordering, page_size):
    query = {"ordering": ordering, "page_size": page_size}
    rows = pages_back(client, "/api/products/", **query)
    assert [row["id"] for row in rows] == [
        row["id"] for row in pages(client, "/api/products/", **query)
    ]


def test_pages_contain_many_equal_rows_once(client, acme, staff):
    with tenant_context(acme):
        Product.objects.bulk_create(
            Product(name="Same", code=f"same-{number}", added_by=staff) for number in range(1201)
        )
    for ordering in ORDERINGS:
        rows = pages(client, "/api/products/", page_size=100, ordering=ordering)
        assert len({row["id"] for row in rows}) == len(rows) == 1201


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_pages_of_mixed_names_are_in_order(client, acme, staff, ordering):
    with tenant_context(acme):
        for number in range(23):
            make_product(f"mixed-{number}", name="abcAB ÄÖ"[number % 8] + "x", added_by=staff)
    rows = pages(client, "/api/products/", page_size=4, ordering=ordering)
    assert len({row["id"] for row in rows}) == 23
    assert pages_back(client, "/api/products/", page_size=4, ordering=ordering) == rows
    whole = client.get("/api/products/", {"page_size": 100, "ordering": ordering}).json()
    assert rows == whole["results"]


@pytest.mark.parametrize("equal", [False, True])
def test_insertions_between_pages_cause_no_duplicates(client, acme, staff, thirty, equal):
    with tenant_context(acme):
        if not equal:
            Product.objects.all().delete()
            for number in range(30):
                make_product(f"other-{number}", added_by=staff)
    first = client.get("/api/products/", {"page_size": 10}).json()
    with tenant_context(acme):
        for number in range(5):
            make_product(f"late-{number}", name="Same", added_by=staff)
    second = client.get(first["next"]).json()
    ids = [row["id"] for row in first["results"] + second["results"]]
    assert len(ids) == len(set(ids)) == 20


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_deleted_next_page_links_to_the_previous_one(client, acme, thirty, ordering):
    first = client.get("/api/products/", {"page_size": 10, "ordering": ordering}).json()
    seen = [row["id"] for row in first["results"]]
    with tenant_context(acme):
        Product.objects.exclude(pk__in=seen).delete()

    empty = client.get(first["next"]).json()

    assert (empty["next"], empty["results"]) == (None, [])
    assert [row["id"] for row in client.get(empty["previous"]).json()["results"]] == seen


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_deleted_previous_page_links_to_the_next_one(client, acme, thirty, ordering):
    first = client.get("/api/products/", {"page_size": 10, "ordering": ordering}).json()
    second = client.get(first["next"]).json()
    with tenant_context(acme):
        Product.objects.filter(pk__in=[row["id"] for row in first["results"]]).delete()

    empty = client.get(second["previous"]).json()

    assert (empty["previous"], empty["results"]) == (None, [])
    assert client.get(empty["next"]).json()["results"] == second["results"]


SEARCHES = {
    "100 characters": ("x" * 100, 200),
    "101 characters": ("x" * 101, 400),
    "8 words": ("a b c d e f g h", 200),
    "8 words and commas": ("a,b,c,d,e,f,g,h", 200),
    "9 words": ("a b c d e f g h i", 400),
    "9 words and commas": ("a,b,c,d,e,f,g,h,i", 400),
    "4,000 words": ("a " * 4_000, 400),
    "an open quote": ('"a b c d e f g h i', 400),
}


@pytest.mark.parametrize(("search", "status"), SEARCHES.values(), ids=SEARCHES)
def test_search_has_limits(client, search, status):
    response = client.get("/api/products/", {"search": search})

    assert response.status_code == status
    if status == 400:
        assert problem(response, 400)["errors"][0]["pointer"] == "/search"


def test_pages_keep_the_filters(client, catalogue):
    rows = pages(client, "/api/products/", page_size=1, search="mug", ordering="name")
    assert [row["code"] for row in rows] == ["draft", "mug"]


def test_default_page_has_25_rows(client, thirty):
    assert len(codes(client)) == 25


def test_cursor_of_one_shop_is_refused_in_another(
    client, acme_client, globex_client, globex_owner, thirty
):
    theirs = globex_client.as_(globex_owner).get("/api/products/", {"page_size": 10}).json()
    query = "?page_size=10&cursor=" + theirs["next"].partition("cursor=")[2].partition("&")[0]
    assert globex_client.get(f"/api/products/{query}").status_code == 200
    problem(acme_client.get(f"/api/products/{query}"), 400)


@pytest.fixture
def statements_of(acme_client, acme, staff):
    """Count the statements of a request with one product, and with three of three variants."""

    def count(path, user=None):
        client = acme_client.as_(user) if user else acme_client
        with statements() as sent:
            response = client.get(path)
        assert response.status_code == 200, response.content
        return len(sent)

    return count


def make_full_product(acme, staff, variants):
    """Make a product with everything, and variants that share two options."""
    names = [f"V{number}" for number in range(variants)]
    data = {
        "name": "Mug",
        "code": f"mug-{variants}-{make_product(added_by=staff).code}",
        "status": "active",
        "tags": ["tea", "gift"],
        "options": [{"name": "Size", "values": names}, {"name": "Glaze", "values": ["matt"]}],
        "variants": [
            {"price": 1900, "stock": 3, "options": {"Size": name, "Glaze": "matt"}}
            for name in names
        ],
    }
    product = Product(added_by=staff)
    edit_product(product, data, user=staff)
    make_variant_image_of(product)
    return product


def make_variant_image_of(product):
    for variant in product.variants.all():
        variant.variant_images.create(image=make_image(product))


@pytest.mark.parametrize(("products", "variants"), [(1, 1), (3, 3)])
def test_list_takes_two_statements(statements_of, acme, staff, products, variants):
    with tenant_context(acme), transaction.atomic():
        for _ in range(products):
            make_full_product(acme, staff, variants)

    # The version of the catalogue, for the team with the session and the user; and the products
    # with their tags and first images.
    assert statements_of("/api/products/") == 2
    assert statements_of("/api/products/", staff) == 2


@pytest.mark.parametrize("variants", [1, 3])
def test_detail_takes_eight_statements(statements_of, acme, staff, variants):
    with tenant_context(acme), transaction.atomic():
        product = make_full_product(acme, staff, variants)

    # The product, tags, options, values, variants, images, images of variants; and the session.
    assert statements_of(f"/api/products/{product.pk}/", staff) == 8


def test_lists_execute_no_count(client, catalogue):
    with statements() as sent:
        client.get("/api/products/", {"search": "mug", "ordering": "name", "page_size": 1})

    # A search counts entries of its words, but not many.
    counts = [sql for sql in sent if "COUNT(" in sql.upper() and "search_words" not in sql]
    assert counts == []
