"""The search, and the suggestions below its field."""

import pytest

from apps.tenants.context import tenant_context
from tests.apps.pages.html import names_of, page_of, parse
from tests.apps.products.factories import index, make_image, make_product


@pytest.fixture
def goods(shop):
    with tenant_context(shop):
        products = [
            make_product("mug", name="Tea mug", price=1900, stock=1, vendor="Ann"),
            make_product("bowl", name="Tea bowl", price=2400, vendor="Bob"),
            make_product("vase", name="Vase", price=9900),
            make_product("draft", name="Tea draft", published=False, price=100),
            make_product("old", name="Tea of old", status="archived", price=100),
        ]
        index(*products)
    return products


def suggestions(client, query):
    response = client.get("/search/suggestions", {"q": query})
    assert response.status_code == 200
    return parse(response.content.decode()).with_class("suggestion")


def test_search_finds_visible_products_only(goods, visit):
    page = visit("/search", {"q": "tea"})

    assert page.one("h1").text == "Results for “tea”"
    assert set(names_of(page)) == {"Tea mug", "Tea bowl"}


def test_search_forgives_a_typing_error(goods, visit):
    assert names_of(visit("/search", {"q": "vsae"})) == ["Vase"]


def test_best_product_comes_first(shop, visit):
    with tenant_context(shop):
        products = [
            make_product("a", name="Mug", price=1900),
            make_product("b", name="Plate", description="<p>For a mug</p>", price=1900),
        ]
        index(*products)

    assert names_of(visit("/search", {"q": "mug"})) == ["Mug", "Plate"]


def test_results_are_filtered_and_sorted(goods, visit):
    assert names_of(visit("/search", {"q": "tea", "available": "1"})) == ["Tea mug"]
    assert names_of(visit("/search", {"q": "tea", "sort": "price"})) == ["Tea mug", "Tea bowl"]
    assert names_of(visit("/search", {"q": "tea", "sort": "-price"})) == ["Tea bowl", "Tea mug"]
    assert names_of(visit("/search", {"q": "tea", "vendor": "Bob"})) == ["Tea bowl"]


def test_facets_of_results_count_each_product_once(goods, visit):
    page = visit("/search", {"q": "tea"})

    facets = {a.text: a["href"] for a in page.one("main").all("a") if "vendor=" in a["href"]}
    assert facets == {"Ann 1": "?q=tea&vendor=Ann", "Bob 1": "?q=tea&vendor=Bob"}


def test_field_keeps_what_was_searched(goods, visit):
    page = visit("/search", {"q": '  tea   "mug" '})

    assert page.one("input", type="search")["value"] == 'tea "mug"'


def test_search_without_words_asks_for_some(goods, visit):
    page = visit("/search", {"q": "  "})

    assert names_of(page) == []
    assert "Enter a word" in page.text


def test_search_without_results_leads_to_all_products(goods, visit):
    page = visit("/search", {"q": "qqqqqqqq"})

    assert names_of(page) == []
    assert "No products found" in page.text
    assert "/collections" in page.one("main").links()


def test_results_are_not_for_search_engines(goods, visit):
    assert visit("/search", {"q": "tea"}).one("meta", name="robots")["content"] == "noindex"


def test_search_shows_nothing_of_another_shop(shop, other_shop, visit, globex_client):
    with tenant_context(other_shop):
        index(make_product("tent", name="Tent", price=1900))

    assert names_of(visit("/search", {"q": "tent"})) == []
    assert suggestions(globex_client, "tent") != []
    assert names_of(page_of(globex_client.get("/search", {"q": "tent"}))) == ["Tent"]


def test_suggestions_name_products_with_their_prices(goods, acme_client):
    found = suggestions(acme_client, "tea m")

    assert [option["href"] for option in found] == ["/products/mug"]
    assert found[0]["role"] == "option"
    assert found[0].text == "Tea mug€19.00"


def test_suggestions_show_visible_products_only(goods, acme_client):
    hrefs = {option["href"] for option in suggestions(acme_client, "tea")}

    assert hrefs == {"/products/mug", "/products/bowl"}


def test_suggestions_show_pictures(shop, goods, acme_client):
    with tenant_context(shop):
        make_image(goods[0])

    [option] = suggestions(acme_client, "mug")

    assert len(option.all("img")) == 1


def test_suggestions_have_different_ids(goods, acme_client):
    ids = [option["id"] for option in suggestions(acme_client, "tea")]

    assert ids == ["suggestion-1", "suggestion-2"]


@pytest.mark.parametrize("query", ["", " ", "\0", "zzzz", "%", "' OR 1=1 --"])
def test_no_suggestions_are_an_empty_text(goods, acme_client, query):
    assert acme_client.get("/search/suggestions", {"q": query}).content.strip() == b""


@pytest.mark.parametrize(
    "query", ["x" * 5_000, "tea " * 1_000, "a.b.c." * 300, "茶" * 2_000, "\ud800"]
)
def test_long_search_is_answered(goods, acme_client, query):
    text = query.encode("utf-8", "surrogatepass")

    for path in ("/search", "/search/suggestions"):
        assert acme_client.get(path, {"q": text}).status_code == 200
