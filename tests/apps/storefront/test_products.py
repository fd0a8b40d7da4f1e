"""Pages of products: addresses, prices, stock and pictures."""

import unicodedata
from urllib.parse import quote

import pytest
from django.conf import settings
from django.urls import reverse

from apps.products.models import Variant
from apps.tenants.context import tenant_context
from tests.apps.pages.html import page_of
from tests.apps.products.factories import make_image, make_product, make_variant

#: Handles as imports make them, in the normal form in which they are stored.
HANDLES = [
    "mug",
    "grüner-tee",
    "茶碗",
    "🍵",
    "tea for two",
    "50% wool",
    "100%25",
    "a/b",
    "what?",
    "no #1",
    "a&b;c=d+e",
    "\"quoted\" 'twice'",
]


def path_of(product):
    return reverse("product", settings.SHOP_URLCONF, [product.code])


def price_of(page):
    [price] = page.with_class("product__price")
    return price.text


def stock_of(page):
    [hint] = page.with_class("stock")
    return hint.text


@pytest.mark.parametrize("code", HANDLES)
def test_product_is_found_by_its_handle(shop, visit, code):
    with tenant_context(shop):
        make_product(code, name="Found 1", price=1900)

    page = visit("/products/" + quote(code, safe=""))

    assert page.one("h1").text == "Found 1"


@pytest.mark.parametrize("code", HANDLES)
def test_links_lead_to_the_product(shop, visit, code):
    with tenant_context(shop):
        path = path_of(make_product(code, name="Found 1", price=1900))

    [link] = [link for link in visit("/").links() if link.startswith("/products/")]

    assert link == path
    page = visit(link)
    assert page.one("h1").text == "Found 1"
    assert page.one("link", rel="canonical")["href"] == f"http://acme.localhost:8000{path}"


def test_handle_is_found_in_any_normal_form(shop, visit):
    code = unicodedata.normalize("NFC", "café")
    with tenant_context(shop):
        path = path_of(make_product(code, name="Coffee", price=1900))
    decomposed = unicodedata.normalize("NFD", code)
    assert decomposed != code

    page = visit(f"/products/{quote(decomposed)}")

    assert page.one("h1").text == "Coffee"
    assert page.one("link", rel="canonical")["href"] == f"http://acme.localhost:8000{path}"


@pytest.mark.parametrize("path", ["/products/absent", "/products/", "/products", "/products/%00"])
def test_unknown_product_is_404(visit, path):
    assert visit(path, status=404).one("h1").text == "This page does not exist"


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_product_that_is_not_active_is_404(shop, visit, status):
    with tenant_context(shop):
        product = make_product("mug", status=status, price=1900)
    visit("/products/mug", status=404)

    with tenant_context(shop):
        product.change(status="active")

    visit("/products/mug")


def test_product_of_another_shop_is_404(other_shop, globex_client, visit):
    with tenant_context(other_shop):
        make_product("tent", price=1900)

    visit("/products/tent", status=404)

    page_of(globex_client.get("/products/tent"))


@pytest.mark.parametrize(
    ("currency", "language", "amount", "text"),
    [
        ("EUR", "de", 2400, "24,00 €"),
        ("EUR", "en", 2400, "€24.00"),
        ("EUR", "en", 123456789, "€1,234,567.89"),
        ("JPY", "en", 2400, "¥2,400"),
        ("JPY", "ja", 2400, "￥2,400"),
        ("KWD", "en", 2400, "KWD 2.400"),
        ("CHF", "fr", 2400, "24,00 CHF"),
        ("USD", "pt-br", 2400, "US$ 24,00"),
        ("EUR", "en", 0, "€0.00"),
    ],
)
def test_price_has_the_form_of_currency_and_language(
    shop, change_shop, visit, currency, language, amount, text
):
    change_shop(currency=currency, language=language)
    with tenant_context(shop):
        make_product("mug", price=amount)

    for path in ("/products/mug", "/"):
        page = visit(path)
        [price] = page.with_class("price")
        assert price.text == text


def test_reduced_product_shows_the_price_before(shop, visit):
    with tenant_context(shop):
        product = make_product("mug", price=1900, stock=1)
        Variant.objects.update(compare_at_price=2400)
        assert product.default_variant

    assert price_of(visit("/products/mug")) == "Now €19.00 before €24.00 Sale"
    [card] = visit("/collections").with_class("card__price")
    assert card.text == "Now €19.00 before €24.00 Sale"


def test_lower_price_before_is_no_sale(shop, visit):
    with tenant_context(shop):
        make_product("mug", price=1900, stock=1)
        Variant.objects.update(compare_at_price=1900)

    assert price_of(visit("/products/mug")) == "€19.00"


def test_card_of_different_prices_names_the_lowest(shop, visit):
    with tenant_context(shop):
        make_variant(make_product("mug", price=1900, stock=1), price=1500)

    [card] = visit("/collections").with_class("card__price")

    assert card.text == "From €15.00"


@pytest.mark.parametrize(
    ("policy", "quantity", "hint"),
    [
        ("deny", 4711, "In stock"),
        ("deny", 0, "Sold out in this version"),
        ("deny", -4711, "Sold out in this version"),
        ("continue", 4711, "In stock"),
        ("continue", -4711, "Made to order"),
        ("untracked", 0, "In stock"),
        ("untracked", -4711, "In stock"),
    ],
)
def test_stock_hint_names_no_quantity(shop, acme_client, policy, quantity, hint):
    with tenant_context(shop):
        make_product("mug", price=1900, stock=quantity)
        Variant.objects.update(stock_policy=policy)

    response = acme_client.get("/products/mug")

    assert stock_of(page_of(response)) == hint
    assert "4711" not in response.content.decode()


def test_gallery_shows_ready_images_in_order(shop, visit):
    with tenant_context(shop):
        product = make_product("mug", price=1900)
        make_image(product, alt="From above", position=1)
        make_image(product, alt="", position=0)
        make_image(product, alt="Not ready", status="pending", position=2)

    pictures = visit("/products/mug").all("img")

    assert [picture["alt"] for picture in pictures] == ["Mug", "From above"]
    assert [picture.attributes.get("loading") for picture in pictures] == [None, "lazy"]
    assert {(picture["width"], picture["height"]) for picture in pictures} == {("800", "600")}


@pytest.mark.parametrize(
    ("width", "src", "widths"),
    [(100, 100, [100]), (480, 480, [160, 480]), (3000, 480, [160, 480, 960, 1920])],
)
def test_picture_names_the_renditions_that_exist(shop, visit, width, src, widths):
    with tenant_context(shop):
        image = make_image(make_product("mug", price=1900), width=width)

    [picture] = visit("/products/mug").all("img")

    folder = f"/media/{image.content_hash}"
    assert picture["src"] == f"{folder}/{src}.webp"
    assert picture["srcset"] == ", ".join(f"{folder}/{each}.webp {each}w" for each in widths)
