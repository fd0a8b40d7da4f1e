"""The home page, the page of a closed shop, and what all pages have."""

import re

import pytest

from apps.tenants.context import tenant_context
from tests.apps.pages.html import names_of, page_of
from tests.apps.products.factories import make_collection, make_image, make_product
from tests.apps.storefront.factories import make_storefront


def headings(page):
    return [heading.text for heading in page.all("h2")]


def add(collection, *products):
    collection.set_products([product.pk for product in products])


def test_home_shows_the_newest_products_first(shop, visit):
    with tenant_context(shop):
        make_product("mug", price=1900)
        make_product("bowl", price=2400)

    page = visit("/")

    assert headings(page) == ["New in the shop"]
    assert names_of(page) == ["Bowl", "Mug"]


def test_home_shows_the_featured_collection_before_new_products(shop, visit):
    with tenant_context(shop):
        mug, bowl = make_product("mug", price=1900), make_product("bowl", price=2400)
        add(make_collection("featured", name="For tea"), mug, bowl)

    page = visit("/")

    assert headings(page) == ["For tea", "New in the shop"]
    assert names_of(page) == ["Mug", "Bowl", "Bowl", "Mug"]


def test_home_leaves_an_unpublished_featured_collection_out(shop, visit):
    with tenant_context(shop):
        add(
            make_collection("featured", name="Secret", published=False),
            make_product("mug", price=1900),
        )

    page = visit("/")

    assert headings(page) == ["New in the shop"]
    assert "Secret" not in page.text


def test_home_leaves_products_that_are_not_active_out(shop, visit):
    with tenant_context(shop):
        hidden = [make_product(code, status=code, price=1900) for code in ("draft", "archived")]
        add(make_collection("featured"), *hidden, make_product("mug", price=1900))
        assert {product.status for product in hidden} == {"draft", "archived"}

    assert set(names_of(visit("/"))) == {"Mug"}


def test_home_of_an_empty_shop_says_so(visit):
    page = visit("/")

    assert headings(page) == ["Nothing here yet"]
    assert names_of(page) == []


def test_home_shows_eight_products_of_a_kind(shop, visit):
    with tenant_context(shop):
        for number in range(9):
            make_product(f"mug-{number}", price=1900)

    assert names_of(visit("/")) == [f"Mug-{number}" for number in range(8, 0, -1)]


def test_home_shows_no_product_of_another_shop(shop, other_shop, visit, globex_client):
    with tenant_context(other_shop):
        make_product("tent", price=1900)

    assert names_of(visit("/")) == []
    assert names_of(page_of(globex_client.get("/"))) == ["Tent"]


def test_heading_is_the_tagline_and_without_one_the_name(shop, visit):
    assert visit("/").one("h1").text == "Things that last"

    with tenant_context(shop):
        make_storefront(tagline="")

    assert visit("/").one("h1").text == "Acme"


def test_menu_has_the_published_collections(shop, visit):
    with tenant_context(shop):
        make_collection("tea", name="Tea")
        make_collection("featured", name="Featured")
        make_collection("secret", name="Secret", published=False)

    [menu] = visit("/").with_class("header__links")

    assert menu.links() == ["/collections/tea", "/collections"]


def test_announcement_and_footer_are_on_every_page(shop, visit):
    with tenant_context(shop):
        make_storefront(announcement="Free shipping", footer="Acme Ltd.\nMain Street 1")
        make_product("mug", price=1900)

    for path in ("/", "/collections", "/products/mug", "/search"):
        page = visit(path)
        assert [each.text for each in page.with_class("announcement")] == ["Free shipping"]
        assert "Acme Ltd.Main Street 1" in page.one("footer").text


def test_announcement_is_absent_without_a_text(visit):
    assert visit("/").with_class("announcement") == []


def test_page_has_the_language_of_the_shop(change_shop, acme_client):
    change_shop(language="de")

    response = acme_client.get("/")

    assert page_of(response).one("html")["lang"] == "de"
    assert response["Content-Language"] == "de"


def test_page_of_a_language_from_right_to_left_says_so(change_shop, visit):
    change_shop(language="ar")

    assert visit("/").one("html")["dir"] == "rtl"


def test_large_picture_of_home_is_fetched_at_once(shop, visit):
    with tenant_context(shop):
        make_image(make_product("mug", price=1900))

    hero, *others = visit("/").all("img")

    assert hero["fetchpriority"] == "high"
    assert "loading" not in hero.attributes
    assert [image["loading"] for image in others] == ["lazy"]


PATHS = ["/", "/collections", "/collections/tea", "/products/mug", "/search", "/search?q=mug"]


@pytest.mark.parametrize("path", [*PATHS, "/search/suggestions?q=mug", "/products/absent"])
def test_closed_shop_shows_one_page_at_every_address(acme, acme_client, path):
    with tenant_context(acme):
        make_storefront(is_open=False, tagline="Secret tagline", announcement="Secret news")
        make_product("mug", price=1900)
        make_collection("tea")

    response = acme_client.get(path)

    page = page_of(response)
    assert page.one("h1").text == "Acme"
    assert page.one("meta", name="robots")["content"] == "noindex"
    assert response["X-Robots-Tag"] == "noindex"
    assert "Secret" not in page.text
    assert "Mug" not in page.text


def test_shop_is_closed_before_its_first_setting(acme, acme_client):
    page = page_of(acme_client.get("/"))

    assert "opens soon" in page.one("main").text


@pytest.mark.parametrize("path", PATHS)
def test_page_names_no_other_host(shop, acme_client, path):
    with tenant_context(shop):
        make_storefront(announcement="Free shipping", footer="Acme")
        make_image(make_product("mug", price=1900))
        make_collection("tea")

    source = acme_client.get(path).content.decode()

    hosts = set(re.findall(r"//([\w.-]+)", source))
    assert hosts <= {"acme.localhost", "schema.org", "www.w3.org"}


@pytest.mark.parametrize("path", PATHS)
def test_page_has_no_inline_script_or_style(shop, visit, path):
    with tenant_context(shop):
        make_image(make_product("mug", price=1900))
        make_collection("tea")

    page = visit(path)

    attributes = {name for element in page for name in element.attributes}
    assert not {name for name in attributes if name.startswith("on") or name == "style"}
    assert page.all("style") == []
    scripts = [script for script in page.all("script") if "src" not in script.attributes]
    assert {script["type"] for script in scripts} <= {"application/ld+json"}


@pytest.mark.parametrize("path", [*PATHS, "/products/absent"])
def test_policy_permits_own_scripts_and_styles_only(shop, acme_client, path):
    response = acme_client.get(path, HTTP_ACCEPT="text/html")

    policy = response["Content-Security-Policy"].split(";")
    rules = dict(rule.strip().split(" ", 1) for rule in policy)
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["style-src"] == "'self'"
    assert rules["base-uri"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
