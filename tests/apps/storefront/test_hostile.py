"""Hostile texts in every field are shown as they are, and do nothing."""

import json
from xml.etree import ElementTree

import pytest

from apps.products.models import Product
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from tests.apps.pages.html import json_ld_of, names_of, page_of, parse
from tests.apps.products.factories import index

SCRIPT = '"><script>alert(1)</script>'
#: Ends a data block, a style sheet, a comment, an attribute; and the syntax of templates.
TEXTS = [
    SCRIPT,
    "</script><svg onload=alert(1)>",
    "</title></style><!--a<!-- <script>",
    "{{ 7*7 }} {% debug %} ${7*7}",
    "' onmouseover='alert(1)' x=\" y",
]
DESCRIPTION = (
    '<p>Safe</p><svg onload="alert(1)"><iframe src="//evil.example"></iframe><img src=x onerror=a>'
    '<a href="javascript:alert(1)">one</a><a href="java&#9;script:alert(1)">two</a>'
    '<a href="data:text/html,x">three</a><p style="x" onclick="alert(1)">four</p>'
    "<script>alert(1)</script><style>*{}</style><form action=/api/><input></form>"
    '<a href="https://evil.example">five</a>'
)
#: The elements of the pages that no text may add to.
DANGEROUS = {"iframe", "style", "object", "embed", "base", "frame", "math", "template"}


@pytest.fixture
def hostile(request, shop, owner_client, refresh_shop):
    """A product, a collection and a look whose every text is the same hostile one."""
    text = request.param
    body = {"name": text, "code": text, "description": DESCRIPTION, "status": "active"}
    body |= {"vendor": text, "product_type": text, "tags": [text]}
    body["options"] = [{"name": text, "values": [text, "other"]}]
    body["variants"] = [
        {"options": {text: text}, "sku": text, "price": 1900, "stock": 1},
        {"options": {text: "other"}, "price": 2000},
    ]
    assert owner_client.post("/api/products/", body).status_code == 201
    other = {"name": "Other", "code": "other", "status": "active", "vendor": "Other"}
    assert owner_client.post("/api/products/", other).status_code == 201
    collection = {"name": text, "code": text, "description": DESCRIPTION}
    created = owner_client.post("/api/collections/", collection)
    assert created.status_code == 201
    with tenant_context(shop):
        product = Product.objects.get(code=text)
        index(product)
    path = f"/api/collections/{created.json()['id']}/products/"
    assert owner_client.put(path, {"products": [str(product.pk)]}).status_code == 200
    look = {"tagline": text, "announcement": text, "footer": text + "\n" + text}
    assert owner_client.patch("/api/shop/storefront/", look).status_code == 200
    with tenant_context(shop):  # the API permits no such name
        Tenant.objects.filter(pk=shop.pk).update(name=text)
    refresh_shop()
    return text


def assert_inert(page):
    """Fail if the page has a script, a handler, or an element that no template has."""
    for element in page:
        names = set(element.attributes)
        assert element.tag not in DANGEROUS
        assert not {name for name in names if name.startswith("on") or name == "style"}
        for name in ("href", "src", "action", "data-url"):
            address = element.attributes.get(name, "/")
            assert address.startswith(("/", "?", "#", "http://acme.", "https://evil.example"))
            assert not address.startswith("//")
        if element.tag == "script":
            assert names in ({"type", "blocking", "src"}, {"type"})
            assert element["type"] in {"module", "application/ld+json"}
    assert {svg["class"] for svg in page.all("svg")} <= {"icon"}
    assert {form["action"] for form in page.all("form") if "action" in form.attributes} <= {
        "/search"
    }


@pytest.mark.parametrize("hostile", TEXTS, indirect=True, ids=range(len(TEXTS)))
def test_hostile_texts_are_inert(hostile, acme_client):
    """One test for all pages of a shop, which takes long to fill."""
    home = page_of(acme_client.get("/"))
    assert_inert(home)
    assert home.one("title").text == f"{hostile}: {hostile}"
    assert home.one("h1").text == hostile
    assert [each.text for each in home.with_class("announcement")] == [hostile]
    assert hostile in names_of(home)

    [collection, _] = home.with_class("header__links")[0].links()
    [product] = {a["href"] for a in home.all("a", class_="card__link") if a.text == hostile}
    page = page_of(acme_client.get(product))
    assert_inert(page)
    assert page.one("h1").text == hostile
    assert page.one("title").text == f"{hostile} | {hostile}"
    assert page.one("meta", property="og:title")["content"] == hostile
    data = json_ld_of(page)
    assert (data["name"], data["brand"]["name"]) == (hostile, hostile)
    assert [option["aria-label"] for option in page.with_class("option")] == [hostile]
    assert [a["href"] for a in page.with_class("prose")[0].all("a") if "href" in a.attributes] == [
        "https://evil.example"
    ]

    page = page_of(acme_client.get(collection))
    assert_inert(page)
    assert page.one("h1").text == hostile
    assert names_of(page) == [hostile]

    for query in ({}, {"type": hostile, "vendor": hostile}):
        page = page_of(acme_client.get("/collections", query))
        assert_inert(page)
        assert f"{hostile} 1" in [a.text for a in page.all("a")]


@pytest.mark.parametrize("hostile", TEXTS[:2], indirect=True, ids=range(2))
def test_hostile_texts_are_inert_in_files(hostile, acme_client):
    manifest = acme_client.get("/manifest.webmanifest")
    assert json.loads(manifest.content)["name"] == hostile
    icon = ElementTree.fromstring(acme_client.get("/favicon.svg").content)
    assert [element.tag.rpartition("}")[2] for element in icon.iter()] == ["svg", "rect", "text"]
    for section in ("products", "collections"):
        sitemap = ElementTree.fromstring(acme_client.get(f"/sitemap-{section}.xml").content)
        tags = {element.tag.rpartition("}")[2] for element in sitemap.iter()}
        assert tags == {"urlset", "url", "loc", "lastmod"}


@pytest.mark.parametrize("hostile", TEXTS[:1], indirect=True, ids=range(1))
def test_hostile_texts_are_inert_in_suggestions(hostile, acme_client):
    found = parse(acme_client.get("/search/suggestions", {"q": "script"}).content.decode())

    assert_inert(found)
    assert [each.text for each in found.with_class("suggestion__name")] == [hostile]


@pytest.mark.parametrize("text", [*TEXTS, "<b>", "%3Cscript%3E"])
def test_search_shows_its_text_inertly(shop, visit, text):
    page = visit("/search", {"q": text, "type": text, "vendor": text, "min": text, "sort": text})

    assert_inert(page)
    assert page.one("title").text == f"Search for {text} | Acme"
    assert page.one("input", type="search")["value"] == text


@pytest.mark.parametrize("text", TEXTS)
def test_unknown_address_is_not_shown(shop, visit, text):
    page = visit("/products/" + text.replace("%", "%25"), status=404)

    assert_inert(page)
    assert "alert" not in page.text


@pytest.mark.parametrize(
    "host", ["evil.example", "acme.localhost:8000@evil.example", "acme.localhost.evil.example"]
)
def test_host_header_is_not_shown(shop, acme_client, host):
    response = acme_client.get("/", HTTP_HOST=host, HTTP_X_FORWARDED_HOST="evil.example")

    assert response.status_code == 404
    assert "evil" not in response.content.decode()


def test_forwarded_host_has_no_effect(shop, acme_client):
    response = acme_client.get("/", HTTP_X_FORWARDED_HOST="evil.example")

    assert page_of(response).one("link", rel="canonical")["href"] == "http://acme.localhost:8000/"
