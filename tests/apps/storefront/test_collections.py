"""Pages of collections, and of all products."""

import unicodedata
from urllib.parse import quote

import pytest

from apps.products.models import Collection
from apps.tenants.context import tenant_context
from tests.apps.pages.html import names_of, page_of
from tests.apps.products.factories import make_collection


def test_all_products_come_newest_first(goods, visit):
    page = visit("/collections")

    assert page.one("h1").text == "All products"
    assert names_of(page) == ["Tea", "Vase", "Bowl", "Mug"]


def test_products_of_a_collection_come_in_its_order(shop, goods, visit):
    with tenant_context(shop):
        tea, other = make_collection("tea", description="<p>Warm</p>"), make_collection("other")
        tea.set_products([goods[code].pk for code in ("vase", "draft", "mug", "tea")])
        other.set_products([goods[code].pk for code in ("tea", "mug", "vase")])

    page = visit("/collections/tea")

    assert page.one("h1").text == "Tea"
    assert page.one("meta", name="description")["content"] == "Warm"
    assert names_of(page) == ["Vase", "Mug", "Tea"]


def test_products_of_rules_come_newest_first(shop, goods, visit):
    with tenant_context(shop):
        rules = {"match": "any", "conditions": [{"field": "vendor", "value": "Ann"}]}
        rules["conditions"].append({"field": "vendor", "value": "Eve"})
        make_collection("ann", kind=Collection.Kind.RULES, rules=rules)

    assert names_of(visit("/collections/ann")) == ["Tea", "Bowl", "Mug"]


@pytest.mark.parametrize("code", ["grüner tee", "a/b", "50%", "what?", "#1"])
def test_collection_is_found_by_its_handle(shop, visit, code):
    with tenant_context(shop):
        make_collection(code, name="Found 1")

    [path, _] = visit("/").with_class("header__links")[0].links()

    assert path == "/collections/" + quote(code, safe="/")
    assert visit(path).one("h1").text == "Found 1"


def test_collection_is_found_in_any_normal_form(shop, visit):
    with tenant_context(shop):
        make_collection(unicodedata.normalize("NFC", "café"), name="Coffee")

    path = "/collections/" + quote(unicodedata.normalize("NFD", "café"))

    assert visit(path).one("h1").text == "Coffee"


def test_unpublished_collection_is_404(shop, visit):
    with tenant_context(shop):
        collection = make_collection("tea", published=False)
    visit("/collections/tea", status=404)

    with tenant_context(shop):
        collection.published = True
        collection.save()

    visit("/collections/tea")


@pytest.mark.parametrize("path", ["/collections/absent", "/collections/", "/collections/a%00b"])
def test_unknown_collection_is_404(visit, path):
    visit(path, status=404)


def test_collection_of_another_shop_is_404(other_shop, globex_client, visit):
    with tenant_context(other_shop):
        make_collection("tents")

    visit("/collections/tents", status=404)

    page_of(globex_client.get("/collections/tents"))
