"""The list of products, its bulk changes and its stock."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

import pytest

from apps.products.models import StockMovement
from apps.tenants.context import tenant_context
from tests.apps.api.lists import statements
from tests.apps.pages.html import Page
from tests.apps.products.factories import index, make_product, make_variant

LIST = "/admin/products"


@pytest.fixture
def products(acme, people, mug):
    """Two drafts and, with mug, three products of two brands."""
    with tenant_context(acme):
        fields = {"vendor": "Mill", "added_by": people["owner"], "published": False}
        made = [make_product(code, price=100, stock=1, **fields) for code in ("pot", "cup")]
        index(mug, *made)
    return [mug, *made]


def names(response):
    links = Page(response).links()
    return {link.rpartition("/")[2] for link in links if link.startswith(f"{LIST}/0")}


def keys(*products):
    return {str(product.pk) for product in products}


def set_stock(browser, product, new, old=None):
    form = Page(browser.get(LIST)).form_with("_stock")
    assert form.values["_product"] == str(product.pk)
    changes = {"new:int": new} | ({} if old is None else {"old:int": old})
    return browser.submit(LIST, form.filled(changes))


def quantity(stored, code="mug"):
    return [variant.stock for variant in stored(code).variants.all()]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["mug", "pot", "cup"]),
        ("status=draft", ["pot", "cup"]),
        ("status=active", ["mug"]),
        ("vendor=Mill", ["pot", "cup"]),
        ("search=mug", ["mug"]),
        ("search=mug&status=draft", []),
        ("in_stock=true&status=active", ["mug"]),
    ],
)
def test_list_is_filtered(office, products, query, codes):
    by_code = {product.code: product for product in products}

    assert names(office.get(f"{LIST}?{query}")) == keys(*(by_code[code] for code in codes))


@pytest.mark.parametrize("query", ["status=lost", "cursor=x", "ordering=stock", "in_stock=maybe"])
def test_wrong_filter_has_a_message(office, products, query):
    response = office.get(f"{LIST}?{query}")

    assert response.status_code == 200
    assert Page(response).messages


def test_links_of_the_pages_keep_the_filters(acme, office, products):
    with tenant_context(acme):
        for _ in range(26):
            make_product(price=1, vendor="Mill", added_by=products[0].added_by)
    query = "vendor=Mill&ordering=name"

    first = Page(office.get(f"{LIST}?{query}"))
    [after] = [attrs["href"] for _, attrs in first.tags if attrs.get("rel") == "next"]
    second = Page(office.get(LIST + after))
    [before] = [attrs["href"] for _, attrs in second.tags if attrs.get("rel") == "prev"]

    for link in (after, before):
        sent = parse_qs(link[1:])
        assert (sent["vendor"], sent["ordering"], set(sent)) == (
            ["Mill"],
            ["name"],
            {"vendor", "ordering", "cursor"},
        )
    assert names(office.get(LIST + before)) == names(office.get(f"{LIST}?{query}"))


def test_search_keeps_the_filters(office, products):
    form = Page(office.get(f"{LIST}?vendor=Mill&status=draft&search=x&done=saved")).form_with(
        "search"
    )

    assert form.values == {"search": "x", "vendor": "Mill", "status": "draft"}


def test_bulk_change_sets_the_status_and_keeps_the_filters(office, products, stored, events):
    _, pot, cup = products
    form = {"id": [str(pot.pk), str(cup.pk)], "_do": "active"}

    response = office.submit(f"{LIST}?vendor=Mill", form)

    assert response["Location"] == f"{LIST}?vendor=Mill&done=saved"
    assert [stored(code).status for code in ("mug", "pot", "cup")] == ["active"] * 3
    assert sorted(events()) == [("product.changed", "owner", code) for code in ("cup", "pot")]


@pytest.mark.parametrize(
    "form", [{"_do": "active"}, {"id": ["x"], "_do": "active"}, {"_do": "lost"}, {}]
)
def test_wrong_bulk_change_has_a_message(office, products, events, form):
    response = office.submit(LIST, form)

    assert response.status_code == 200
    assert Page(response).messages
    assert events() == []


def test_stock_is_changed_by_the_difference(acme, office, mug, stored, events):
    response = set_stock(office, mug, "8")

    assert response.status_code == 303
    assert quantity(stored) == [8]
    assert events() == [("product.changed", "owner", "mug")]
    with tenant_context(acme):
        movement = StockMovement.objects.get()
    assert (movement.delta, movement.quantity, movement.reason) == (3, 8, "counted")


def test_stock_of_all_variants_is_shown(acme, office, people, mug):
    with tenant_context(acme):
        pot = make_product("pot", price=1, stock=2, added_by=people["owner"])
        make_variant(pot, stock=3)
        cup = make_product("cup", price=1, added_by=people["owner"])
        make_variant(cup)

    page = office.get(LIST).content.decode()

    assert [
        form.values["_product"] for form in Page(office.get(LIST)).forms if "_stock" in form.values
    ] == [str(mug.pk)]
    assert re.findall(r"(\d+) <span[^>]*>in (\d) variants", page) == [("0", "2"), ("5", "2")]


def test_stock_that_was_sold_meanwhile_is_not_restored(acme_client, office, people, mug, stored):
    form = Page(office.get(LIST)).form_with("_stock")
    stock = f"/api/products/{mug.pk}/variants/{form.values['_stock']}/stock/"
    acme_client.as_(people["owner"]).post(stock, {"delta": -2, "reason": "sold"})

    office.submit(LIST, form.filled({"new:int": "8"}))

    assert quantity(stored) == [6]


@pytest.mark.parametrize("new", ["-1", "5", "", "many", "1.5"])
def test_refused_stock_has_a_message(office, mug, stored, events, new):
    response = set_stock(office, mug, new)

    assert response.status_code == 200
    assert Page(response).messages
    assert (quantity(stored), events()) == ([5], [])


def test_page_write_is_recorded_as_by_the_api(acme_client, office, people, mug, events):
    client = acme_client.as_(people["owner"])
    set_stock(office, mug, "6")
    office.submit(LIST, {"id": str(mug.pk), "_do": "draft"})
    of_pages = events()
    variant = client.get(f"/api/products/{mug.pk}/variants/").json()["results"][0]["id"]
    body = {"delta": 1, "reason": "counted"}
    client.post(f"/api/products/{mug.pk}/variants/{variant}/stock/", body)
    client.patch("/api/products/", {"ids": [str(mug.pk)], "status": "active"})

    assert events()[len(of_pages) :] == of_pages == [("product.changed", "owner", "mug")] * 2


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("variants", [1, 3])
def test_list_takes_five_statements(acme, office, people, count, variants):
    with tenant_context(acme):
        for _ in range(count):
            product = make_product(price=1, stock=1, added_by=people["owner"])
            for _ in range(variants - 1):
                make_variant(product)

    with statements() as sent:
        response = office.get(LIST)

    assert len(names(response)) == count
    assert len(sent) == 5, sent


def test_export_is_that_of_the_api(acme_client, office, people, products):
    by_api = acme_client.as_(people["owner"]).get("/api/products/export.csv")

    response = office.get("/admin/products/export.csv")

    assert response["Content-Disposition"] == by_api["Content-Disposition"]
    content = b"".join(response.streaming_content)
    assert content == b"".join(by_api.streaming_content)
    assert b"mug" in content
