"""Entity tags of pages, and how many queries a page takes."""

import pytest

from apps.tenants.context import tenant_context
from tests.apps.api.assertions import problem
from tests.apps.api.lists import statements
from tests.apps.pages.html import names_of, page_of
from tests.apps.products.factories import index, make_collection, make_image, make_product
from tests.apps.storefront.test_picker import make_shirt
from tests.conftest import ShopClient

PAGES = ["/", "/collections", "/collections/tea", "/products/mug", "/search?q=mug"]
FILES = ["/theme.css", "/favicon.svg", "/manifest.webmanifest", "/robots.txt", "/sitemap.xml"]


@pytest.fixture
def goods(shop):
    """A product in a collection."""
    with tenant_context(shop):
        mug = make_product("mug", price=1900, stock=1)
        make_image(mug)
        tea = make_collection("tea")
        tea.set_products([mug.pk])
        index(mug)
    return {"mug": mug, "tea": tea}


def revalidated(client, path, etag):
    """Return the status of the page for a browser that has the version `etag`."""
    return client.get(path, HTTP_IF_NONE_MATCH=etag).status_code


@pytest.mark.parametrize("path", [*PAGES, *FILES, "/search/suggestions?q=mug"])
def test_page_is_kept_and_revalidated(goods, acme_client, path):
    response = acme_client.get(path)

    assert response.status_code == 200
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = acme_client.get(path, HTTP_IF_NONE_MATCH=response["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == response["ETag"]
    assert again["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_revalidation_keeps_the_policy_of_the_page(goods, acme_client):
    """A browser stores the headers of a 304 in the place of those it has."""
    page = acme_client.get("/")

    again = acme_client.get("/", HTTP_IF_NONE_MATCH=page["ETag"])

    assert again.status_code == 304
    assert again["Content-Security-Policy"] == page["Content-Security-Policy"]
    assert "script-src 'self'" in again["Content-Security-Policy"]


def test_head_has_the_headers_of_get(goods, acme_client):
    get, head = acme_client.get("/products/mug"), acme_client.head("/products/mug")

    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == get["ETag"]


def change_product(client, goods):
    return client.patch(f"/api/products/{goods['mug'].pk}/", {"vendor": "Ann"})


def change_stock(client, goods):
    path = f"/api/products/{goods['mug'].pk}/variants/{goods['mug'].default_variant_id}/stock/"
    return client.post(path, {"delta": -1, "reason": "sold"})


def change_price(client, goods):
    path = f"/api/products/{goods['mug'].pk}/variants/{goods['mug'].default_variant_id}/"
    return client.patch(path, {"price": 2000})


def change_collection(client, goods):
    return client.patch(f"/api/collections/{goods['tea'].pk}/", {"description": "<p>Warm</p>"})


def empty_collection(client, goods):
    return client.put(f"/api/collections/{goods['tea'].pk}/products/", {"products": []})


def rename_shop(client, goods):
    return client.patch("/api/shop/", {"name": "Acme and Sons"})


def change_currency(client, goods):
    return client.patch("/api/shop/", {"currency": "CHF"})


def change_language(client, goods):
    return client.patch("/api/shop/", {"language": "de"})


def change_look(client, goods):
    return client.patch("/api/shop/storefront/", {"announcement": "Free shipping"})


@pytest.mark.parametrize(
    "change",
    [
        *(change_product, change_stock, change_price, change_collection, empty_collection),
        *(rename_shop, change_currency, change_language, change_look),
    ],
)
def test_page_changes_with_its_parts(goods, acme_client, owner_client, refresh_shop, change):
    path = "/collections/tea"
    before = acme_client.get(path)
    assert revalidated(acme_client, path, before["ETag"]) == 304

    assert change(owner_client, goods).status_code in {200, 201}
    refresh_shop()

    after = acme_client.get(path, HTTP_IF_NONE_MATCH=before["ETag"])
    assert after.status_code == 200
    assert after["ETag"] != before["ETag"]
    assert change is change_product or after.content != before.content


def test_changes_of_another_shop_keep_the_page(goods, other_shop, acme_client, globex_owner):
    client = ShopClient("globex.localhost:8000", other_shop).as_(globex_owner)
    etag = acme_client.get("/")["ETag"]

    response = client.post("/api/products/", {"name": "Tent", "code": "tent", "status": "active"})

    assert response.status_code == 201
    assert names_of(page_of(client.get("/"))) == ["Tent"]
    assert revalidated(acme_client, "/", etag) == 304


def test_page_of_another_address_has_another_version(goods, acme_client):
    etags = {acme_client.get(path)["ETag"] for path in [*PAGES, "/?page=1", "/?page=2"]}

    assert len(etags) == len(PAGES) + 2


def test_version_of_another_shop_is_not_ours(goods, other_shop, acme_client, globex_client):
    etag = globex_client.get("/")["ETag"]

    assert revalidated(globex_client, "/", etag) == 304
    assert revalidated(acme_client, "/", etag) == 200


def test_page_of_a_withdrawn_product_is_404_for_browsers_that_have_it(
    goods, acme_client, owner_client
):
    etag = acme_client.get("/products/mug")["ETag"]

    owner_client.patch(f"/api/products/{goods['mug'].pk}/", {"status": "draft"})

    response = acme_client.get("/products/mug", HTTP_IF_NONE_MATCH=etag)
    assert response.status_code == 404
    assert "ETag" not in response


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_page_is_only_read(goods, acme_client, method):
    response = getattr(acme_client, method)("/products/mug")

    problem(response, 405)
    assert "ETag" not in response
    assert response["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_api_host_has_no_pages(goods, acme_client, path):
    api = ShopClient("api.localhost:8000", HTTP_TENANT_CODE="acme")
    assert api.get("/api/shop/").json()["code"] == "acme"
    assert acme_client.get(path).status_code == 200

    problem(api.get(path), 404)


# --- Queries -------------------------------------------------------------------------------


def queries(client, path, **headers):
    with statements() as sent:
        response = client.get(path, **headers)
    assert response.status_code in {200, 304}
    return len(sent)


@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_known_page_takes_two_queries(goods, acme_client, path):
    etag = acme_client.get(path)["ETag"]

    assert queries(acme_client, path, HTTP_IF_NONE_MATCH=etag) == 2  # the look, the version


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/", 8),
        ("/collections", 7),
        ("/collections/tea", 8),
        ("/products/shirt-0", 10),
        ("/search?q=shirt", 9),
        ("/search/suggestions?q=shirt", 6),
    ],
)
def test_queries_do_not_grow_with_the_catalogue(shop, acme_client, path, count):
    with tenant_context(shop):
        tea, featured = make_collection("tea"), make_collection("featured")
        one = make_shirt({("S", "red"): 1}, code="shirt-0")
        make_image(one)
        index(one)
        for collection in (tea, featured):
            collection.set_products([one.pk])
    with_one = queries(acme_client, path)

    with tenant_context(shop):
        for number in range(1, 4):
            shirt = make_shirt(
                {("S", "red"): 1, ("M", "red"): 0, ("L", "blue"): 2}, code=f"shirt-{number}"
            )
            make_image(shirt)
            index(shirt)
            for collection in (tea, featured):
                collection.set_products([*collection.product_ids(), shirt.pk])
        make_image(one)
    with_four = queries(acme_client, path + ("&" if "?" in path else "?") + "sort=")

    assert (with_one, with_four) == (count, count)


def test_any_version_of_an_absent_page_is_404(goods, acme_client):
    assert acme_client.get("/products/absent", HTTP_IF_NONE_MATCH="*").status_code == 404
