"""What browsers and search engines ask for besides pages: sitemaps, robots.txt, icon, manifest."""

from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from apps.storefront.views import files
from apps.tenants.context import tenant_context
from tests.apps.products.factories import make_collection, make_product
from tests.apps.storefront.factories import make_storefront

HOST = "http://acme.localhost:8000"
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def addresses(client, path):
    response = client.get(path)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/xml"
    sitemap = ElementTree.fromstring(response.content)
    return [element.text for element in sitemap.iter(f"{NAMESPACE}loc")]


def test_index_names_the_sitemap_of_each_section(shop, acme_client):
    assert addresses(acme_client, "/sitemap.xml") == [
        f"{HOST}/sitemap-products.xml",
        f"{HOST}/sitemap-collections.xml",
    ]


def test_sitemap_has_active_products_only(shop, acme_client):
    with tenant_context(shop):
        for status in ("active", "draft", "archived"):
            make_product(f"{status}-mug", status=status, price=1900)

    assert addresses(acme_client, "/sitemap-products.xml") == [f"{HOST}/products/active-mug"]


def test_sitemap_has_published_collections_only(shop, acme_client):
    with tenant_context(shop):
        make_collection("tea")
        make_collection("secret", published=False)

    assert addresses(acme_client, "/sitemap-collections.xml") == [f"{HOST}/collections/tea"]


def test_sitemap_has_nothing_of_another_shop(shop, other_shop, acme_client, globex_client):
    with tenant_context(other_shop):
        make_product("tent", price=1900)

    assert addresses(acme_client, "/sitemap-products.xml") == []
    assert addresses(globex_client, "/sitemap-products.xml") == [
        "http://globex.localhost:8000/products/tent"
    ]


@pytest.mark.parametrize("code", ["grüner tee", "a/b", "50%", "what?", "#1", "a&b<c>'d'\"e\""])
def test_sitemap_quotes_handles(shop, acme_client, code):
    with tenant_context(shop):
        make_product(code, name="Found 1", price=1900)

    [address] = addresses(acme_client, "/sitemap-products.xml")

    assert address == f"{HOST}/products/" + quote(code, safe="/&'")
    assert "Found 1" in acme_client.get(address.removeprefix(HOST)).content.decode()


def test_long_sitemap_has_pages(shop, acme_client, monkeypatch):
    monkeypatch.setattr(files.ProductSitemap, "limit", 2)
    with tenant_context(shop):
        for number in range(3):
            make_product(f"mug-{number}", price=1900)

    assert f"{HOST}/sitemap-products.xml?p=2" in addresses(acme_client, "/sitemap.xml")
    assert addresses(acme_client, "/sitemap-products.xml?p=2") == [f"{HOST}/products/mug-2"]


@pytest.mark.parametrize(
    "path",
    [
        *("/sitemap-evil.xml", "/sitemap-products.xml?p=9", "/sitemap-products.xml?p=abc"),
        *("/sitemap-products.xml?p=%00", "/sitemap-products.xml?p=" + "9" * 5_000),
    ],
)
def test_unknown_sitemap_is_404(shop, acme_client, path):
    assert acme_client.get("/sitemap-products.xml").status_code == 200

    assert acme_client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemap-products.xml"])
def test_closed_shop_has_no_sitemap(shop, acme_client, path):
    assert acme_client.get(path).status_code == 200

    with tenant_context(shop):
        make_storefront(is_open=False)

    assert acme_client.get(path).status_code == 404


def test_robots_may_read_an_open_shop(shop, acme_client):
    response = acme_client.get("/robots.txt")

    assert response["Content-Type"] == "text/plain"
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /search",
        "Disallow: /api/",
        "",
        f"Sitemap: {HOST}/sitemap.xml",
    ]


def test_robots_may_not_read_a_closed_shop(acme, acme_client):
    response = acme_client.get("/robots.txt")

    assert response.content.decode().splitlines() == ["User-agent: *", "Disallow: /"]


@pytest.mark.parametrize(
    ("name", "letter"), [("acme", "A"), ("“Éclair”", "É"), ("茶屋", "茶"), ("7 Days", "7")]
)
def test_icon_has_the_first_letter_of_the_name(change_shop, acme_client, name, letter):
    change_shop(name=name)

    response = acme_client.get("/favicon.svg")

    icon = ElementTree.fromstring(response.content)
    assert response["Content-Type"] == "image/svg+xml"
    assert "".join(icon.itertext()) == letter


@pytest.mark.parametrize(("accent", "text"), [("#ffffff", "#000000"), ("#000000", "#ffffff")])
def test_icon_is_readable_on_the_accent(shop, acme_client, accent, text):
    with tenant_context(shop):
        make_storefront(accent=accent)

    icon = ElementTree.fromstring(acme_client.get("/favicon.svg").content)

    assert [element.get("fill") for element in icon] == [accent, text]


def test_manifest_describes_the_shop(shop, acme_client):
    with tenant_context(shop):
        make_storefront(accent="#123456")

    response = acme_client.get("/manifest.webmanifest")

    assert response["Content-Type"] == "application/manifest+json"
    assert response.json() == {
        "name": "Acme",
        "start_url": "/",
        "display": "minimal-ui",
        "theme_color": "#123456",
        "icons": [{"src": "/favicon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }
