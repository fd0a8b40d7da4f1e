"""Collections: by hand and by rules."""

import pytest

from apps.products.models import Collection
from apps.tenants.context import tenant_context
from tests.apps.api.assertions import pointers, problem
from tests.apps.products.factories import make_collection, make_product

ELSEWHERE = "00000000-0000-7000-8000-000000000000"
RULES = {"match": "any", "conditions": [{"field": "tag", "value": "sale"}]}


@pytest.fixture
def summer(client):
    return client.post("/api/collections/", {"name": "Summer", "code": "summer"}).json()


def products_path(collection):
    return f"/api/collections/{collection['id']}/products/"


def codes(client, collection):
    return [row["code"] for row in client.get(products_path(collection)).json()["results"]]


def test_products_come_in_the_order_of_their_places(client, catalogue, summer):
    for code in ("pot", "mug"):
        response = client.post(products_path(summer), {"product": str(catalogue[code].pk)})
        assert response.status_code == 201
    client.post(products_path(summer), {"product": str(catalogue["draft"].pk), "position": 0})

    assert codes(client, summer) == ["draft", "pot", "mug"]


def test_products_of_a_collection_with_rules_cannot_be_set(client, catalogue):
    body = {"name": "Sale", "code": "sale", "kind": "rules", "rules": RULES}
    sale = client.post("/api/collections/", body).json()
    mug = str(catalogue["mug"].pk)

    for answer in (
        client.post(products_path(sale), {"product": mug}),
        client.put(products_path(sale), {"products": [mug]}),
    ):
        assert [error["code"] for error in problem(answer, 400)["errors"]] == ["not_manual"]


def test_full_collection_takes_no_more(client, catalogue, summer, monkeypatch):
    monkeypatch.setattr("apps.products.views.collections.MAX_PLACES", 1)
    client.post(products_path(summer), {"product": str(catalogue["mug"].pk)})

    answer = client.post(products_path(summer), {"product": str(catalogue["pot"].pk)})

    assert [error["code"] for error in problem(answer, 400)["errors"]] == ["too_many"]
    assert codes(client, summer) == ["mug"]


def test_all_products_are_replaced_in_order(client, catalogue, summer):
    client.post(products_path(summer), {"product": str(catalogue["draft"].pk)})
    ids = [str(catalogue["mug"].pk), str(catalogue["pot"].pk)]

    assert client.put(products_path(summer), {"products": ids}).json() == {"products": ids}

    assert codes(client, summer) == ["mug", "pot"]
    assert client.delete(f"{products_path(summer)}{ids[0]}/").status_code == 204
    assert codes(client, summer) == ["pot"]


def test_pages_follow_the_places(client, acme, staff, summer):
    with tenant_context(acme):
        ids = [str(make_product(added_by=staff).pk) for _ in range(5)]
    client.put(products_path(summer), {"products": ids})
    url, seen = f"{products_path(summer)}?page_size=2", []

    while url:
        page = client.get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]

    assert seen == ids


def test_rules_select_the_products(client, acme, staff, catalogue):
    with tenant_context(acme):
        catalogue["mug"].tags.create(name="sale")
        make_product("cheap", price=500, added_by=staff)
    rules = {
        "match": "any",
        "conditions": [*RULES["conditions"], {"field": "price_max", "value": 500}],
    }

    body = {"name": "Sale", "code": "sale", "kind": "rules", "rules": rules}
    sale = client.post("/api/collections/", body).json()

    assert sale["rules"] == rules
    assert codes(client, sale) == ["cheap", "mug"]
    client.patch(f"/api/collections/{sale['id']}/", {"rules": rules | {"match": "all"}})
    assert codes(client, sale) == []


def test_collection_filters_the_products(client, catalogue, summer):
    client.put(products_path(summer), {"products": [str(catalogue["pot"].pk)]})

    rows = client.get("/api/products/", {"collection": summer["id"]}).json()["results"]

    assert [row["code"] for row in rows] == ["pot"]
    assert client.get("/api/products/", {"collection": ELSEWHERE}).json()["results"] == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "random"}, "/kind"),
        ({"rules": {"match": "most", "conditions": []}}, "/rules/match"),
        (
            {"rules": {"conditions": [{"field": "colour", "value": "x"}]}},
            "/rules/conditions/0/field",
        ),
        ({"rules": {"conditions": [{"field": "tag"}]}}, "/rules/conditions/0/value"),
        ({"rules": {"conditions": [{"field": "tag", "value": 5}]}}, "/rules/conditions/0/value"),
        (
            {"rules": {"conditions": [{"field": "price_min", "value": "5"}]}},
            "/rules/conditions/0/value",
        ),
        ({"rules": {"conditions": RULES["conditions"] * 21}}, "/rules/conditions"),
        ({"code": ""}, "/code"),
    ],
)
@pytest.mark.parametrize("method", ["post", "patch"])
def test_bad_collection_is_400_at_its_pointer(client, summer, change, pointer, method):
    if method == "post":
        response = client.post("/api/collections/", {"name": "A", "code": "a"} | change)
    else:
        response = client.patch(f"/api/collections/{summer['id']}/", change)

    assert pointers(response) == {pointer}


def test_code_is_unique_in_the_shop(client, globex, summer):
    with tenant_context(globex):
        make_collection("winter")

    assert pointers(client.post("/api/collections/", {"name": "S", "code": "summer"})) == {"/code"}
    assert client.post("/api/collections/", {"name": "W", "code": "winter"}).status_code == 201


def test_product_of_another_shop_is_like_an_unknown_one(client, catalogue, summer):
    path = products_path(summer)
    theirs = str(catalogue["theirs"].pk)
    posts = [client.post(path, {"product": pk}) for pk in (theirs, ELSEWHERE)]
    puts = [client.put(path, {"products": [pk]}) for pk in (theirs, ELSEWHERE)]

    for theirs, unknown in (posts, puts):
        problem(theirs, 400)
        assert theirs.content == unknown.content
    assert codes(client, summer) == []


def test_public_sees_active_products_of_published_collections(
    client, acme_client, catalogue, summer
):
    client.put(
        products_path(summer), {"products": [str(catalogue[c].pk) for c in ("draft", "mug")]}
    )

    assert codes(acme_client, summer) == ["mug"]
    client.patch(f"/api/collections/{summer['id']}/", {"published": False})
    problem(acme_client.get(products_path(summer)), 404)
    assert acme_client.get("/api/collections/").json()["results"] == []


def test_public_cannot_write(acme_client, acme, catalogue, summer):
    body = {"product": str(catalogue["mug"].pk)}

    problem(acme_client.post("/api/collections/", {"name": "A", "code": "a"}), 401)
    problem(acme_client.post(products_path(summer), body), 401)

    with tenant_context(acme):
        assert Collection.objects.count() == 1
