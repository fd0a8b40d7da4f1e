"""The editor of a collection, of products chosen by hand or by rules."""

from __future__ import annotations

import pytest

from apps.products.models import Collection
from apps.tenants.context import tenant_context
from tests.apps.pages.html import Page
from tests.apps.products.factories import index, make_collection, make_product

NEW = "/admin/collections/new"


@pytest.fixture
def products(acme, people):
    with tenant_context(acme):
        made = [
            make_product(code, price=price, added_by=people["owner"])
            for code, price in (("mug", 1000), ("pot", 2000), ("cup", 3000))
        ]
        index(*made)
    return made


@pytest.fixture
def shelf(acme, products):
    """A collection of all products by hand."""
    with tenant_context(acme):
        collection = make_collection("shelf", name="Shelf")
        collection.set_products([product.pk for product in products])
    return collection


def path(collection):
    return f"/admin/collections/{collection.pk}"


def chosen(acme, collection):
    with tenant_context(acme):
        places = collection.places.order_by("position")
        return list(places.values_list("product__code", flat=True))


def get_collection(acme, code):
    with tenant_context(acme):
        return Collection.objects.get(code=code)


def products_form(browser, collection, query=""):
    response = browser.get(path(collection) + query)
    [form] = [f for f in Page(response).forms if ("_do", "products") in f.buttons]
    return form


def add(browser, changes):
    form = Page(browser.get(NEW)).form_with("name").filled({"name": "Sale"} | changes)
    return browser.submit(NEW, form | {"_do": "save"})


def test_new_collection_is_saved_with_a_code_of_its_name(acme, office):
    response = add(office, {"name": "Summer Sale"})

    collection = get_collection(acme, "summer-sale")
    assert response["Location"] == f"{path(collection)}?done=added"
    assert (collection.kind, collection.published) == ("manual", True)


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"code": "x" * 256}, {"kind": "magic"}, {"code": "shelf"}]
)
def test_refused_collection_keeps_what_was_typed(acme, office, shelf, changes):
    typed = {"name": "Sale", "description": "<p>Now</p>", "published:bool": [""]} | changes

    response = add(office, typed)

    page = Page(response)
    values = page.form_with("name").values
    assert response.status_code == 200
    assert page.messages
    assert values["name"] == typed["name"]
    assert values["description"] == "<p>Now</p>"
    assert "true" not in values["published:bool"]


def test_products_are_added(acme, office, shelf, products):
    with tenant_context(acme):
        shelf.set_products([products[0].pk])
    form = products_form(office, shelf, "?find=pot")

    office.submit(path(shelf), form.filled({"_add": [str(products[1].pk)]}, _do="products"))

    assert chosen(acme, shelf) == ["mug", "pot"]


def test_search_finds_what_is_not_in_the_collection(acme, office, shelf, products):
    with tenant_context(acme):
        shelf.set_products([products[0].pk])

    found = {
        word: str(product.pk).encode() in office.get(f"{path(shelf)}?find={word}").content
        for word, product in (("pot", products[1]), ("nothing", products[2]))
    }

    assert found == {"pot": True, "nothing": False}


@pytest.mark.parametrize(
    ("changes", "order"),
    [
        ({}, ["mug", "pot", "cup"]),
        ({0: "3"}, ["pot", "cup", "mug"]),
        ({2: "1"}, ["cup", "mug", "pot"]),
        ({1: "9" * 5000}, ["mug", "pot", "cup"]),
        ({1: "\N{SUPERSCRIPT TWO}"}, ["mug", "pot", "cup"]),
    ],
)
def test_products_are_in_the_order_of_their_places(acme, office, shelf, products, changes, order):
    places = {f"_position/{products[row].pk}": place for row, place in changes.items()}

    form = products_form(office, shelf).filled(places, _do="products")
    response = office.submit(path(shelf), form)

    assert response.status_code == 303
    assert chosen(acme, shelf) == order


def test_product_is_removed(acme, office, shelf, products):
    form = products_form(office, shelf)

    office.submit(path(shelf), form.filled({"_remove": [str(products[1].pk)]}, _do="products"))

    assert chosen(acme, shelf) == ["mug", "cup"]


def test_products_of_all_pages_are_kept(acme, office, people, shelf):
    with tenant_context(acme):
        more = [make_product(price=1, added_by=people["owner"]) for _ in range(101)]
        shelf.set_products([product.pk for product in more])
    before = chosen(acme, shelf)

    office.submit(path(shelf), products_form(office, shelf).filled(_do="products"))

    assert chosen(acme, shelf) == before


def test_rules_with_money_select_products(acme, office, products):
    rules = {
        "kind": "rules",
        "rules/match": "all",
        "rules/conditions/0/field": "price_min",
        "rules/conditions/0/value": "15,00",
    }
    location = add(office, rules)["Location"]
    collection = get_collection(acme, "sale")
    page = office.get(location)
    form = Page(page).form_with("name")

    second = {"rules/conditions/1/field": "price_max", "rules/conditions/1/value": "20"}
    office.submit(path(collection), form.filled(second, _do="save"))

    assert form.values["rules/conditions/0/value"] == "15.00"
    assert b"Pot" in page.content
    assert b"Mug" not in page.content
    assert get_collection(acme, "sale").rules == {
        "match": "all",
        "conditions": [
            {"field": "price_min", "value": 1500},
            {"field": "price_max", "value": 2000},
        ],
    }


def test_removed_rule_is_removed(acme, office):
    rules = {"kind": "rules", "rules/conditions/0/field": "tag", "rules/conditions/0/value": "a"}
    add(office, rules)
    collection = get_collection(acme, "sale")
    form = Page(office.get(path(collection))).form_with("name")

    office.submit(path(collection), form.filled({"rules/conditions/0/field": ""}, _do="save"))

    assert get_collection(acme, "sale").rules["conditions"] == []


@pytest.mark.parametrize("value", ["cheap", "", "-1"])
def test_refused_amount_of_a_rule_keeps_what_was_typed(office, value):
    rules = {
        "kind": "rules",
        "rules/conditions/0/field": "price_min",
        "rules/conditions/0/value": value,
    }

    page = Page(add(office, rules))

    values = page.form_with("name").values
    assert page.messages
    assert (values["rules/conditions/0/field"], values["rules/conditions/0/value"]) == (
        "price_min",
        value,
    )


def test_products_of_rules_are_not_set_by_hand(acme, office, products):
    with tenant_context(acme):
        collection = make_collection(kind="rules", rules={"match": "all", "conditions": []})
    form = {"_do": "products", "_product": [str(products[0].pk)]}

    response = office.submit(path(collection), form)

    assert Page(response).messages
    assert chosen(acme, collection) == []


def test_collection_is_deleted_and_its_products_stay(acme, office, shelf, products, stored):
    response = office.submit(path(shelf), {"_do": "delete"})

    assert response["Location"] == "/admin/collections?done=deleted"
    with tenant_context(acme):
        assert not Collection.objects.exists()
    assert stored("mug").pk == products[0].pk


def test_page_write_is_recorded_as_by_the_api(acme_client, acme, office, people, events):
    client, api = acme_client.as_(people["owner"]), "/api/collections/"
    add(office, {})
    sale = get_collection(acme, "sale")
    for do in ("save", "products", "delete"):
        form = {"name": "Sales", "code": "sale", "kind": "manual", "_do": do}
        office.submit(path(sale), form)
    of_pages = events()
    pk = client.post(api, {"name": "Sale", "code": "sale"}).json()["id"]
    client.patch(f"{api}{pk}/", {"name": "Sales"})
    client.put(f"{api}{pk}/products/", {"products": []})
    client.delete(f"{api}{pk}/")

    assert [action for action, *_ in of_pages] == [
        "collection.created",
        "collection.changed",
        "collection.changed",
        "collection.deleted",
    ]
    assert events()[len(of_pages) :] == of_pages
