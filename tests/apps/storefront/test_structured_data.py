"""The data of a product for search engines and shared links."""

import pytest

from apps.tenants.context import tenant_context
from tests.apps.pages.html import json_ld_of
from tests.apps.products.factories import make_image, make_product, make_variant


def test_search_engines_read_the_product(shop, visit):
    with tenant_context(shop):
        product = make_product("mug", vendor="Potters", description="<p>For tea</p>", price=1900)
        make_variant(product, price=2450, stock=3, sku="B-2")
        image = make_image(product)
        first, second = product.variants.order_by("position")
    url = "http://acme.localhost:8000/products/mug"

    data = json_ld_of(visit("/products/mug"))

    offer = {"@type": "Offer", "priceCurrency": "EUR"}
    assert data == {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": "Mug",
        "url": url,
        "description": "For tea",
        "image": [f"http://acme.localhost:8000/media/{image.content_hash}/800.webp"],
        "brand": {"@type": "Brand", "name": "Potters"},
        "offers": [
            {
                **offer,
                "url": f"{url}?variant={first.pk}",
                "price": "19.00",
                "availability": "https://schema.org/OutOfStock",
            },
            {
                **offer,
                "url": f"{url}?variant={second.pk}",
                "price": "24.50",
                "availability": "https://schema.org/InStock",
                "sku": "B-2",
            },
        ],
    }


@pytest.mark.parametrize(("currency", "price"), [("JPY", "2400"), ("KWD", "2.400")])
def test_offers_have_the_decimal_places_of_the_currency(shop, change_shop, visit, currency, price):
    change_shop(currency=currency)
    with tenant_context(shop):
        make_product("mug", price=2400)

    [offer] = json_ld_of(visit("/products/mug"))["offers"]

    assert (offer["price"], offer["priceCurrency"]) == (price, currency)


def test_shared_link_has_title_picture_and_summary(shop, visit):
    with tenant_context(shop):
        product = make_product("mug", description="<p>Tea &amp; coffee</p><p>Twice</p>", price=1)
        image = make_image(product)

    page = visit("/products/mug")

    metas = [meta for meta in page.all("meta") if "property" in meta.attributes]
    properties = {meta["property"]: meta["content"] for meta in metas}
    assert properties == {
        "og:site_name": "Acme",
        "og:title": "Mug",
        "og:type": "product",
        "og:url": "http://acme.localhost:8000/products/mug",
        "og:description": "Tea & coffee Twice",
        "og:image": f"http://acme.localhost:8000/media/{image.content_hash}/800.webp",
    }
    assert page.one("meta", name="description")["content"] == "Tea & coffee Twice"
    assert json_ld_of(page)["description"] == "Tea & coffee Twice"
    assert page.one("title").text == "Mug | Acme"
