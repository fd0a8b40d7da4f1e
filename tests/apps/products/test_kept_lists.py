"""Lists of the catalogue: ETags, and lists that are kept until the catalogue changes."""

import pytest

from apps.products.models import Product, catalogue_change
from apps.products.views.caching import rendered_responses
from apps.tenants.cache import tenant_cache
from apps.tenants.context import tenant_context
from tests.apps.api.assertions import problem
from tests.apps.api.lists import statements
from tests.apps.products.factories import make_collection, make_product, make_variant
from tests.conftest import ShopClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug(acme):
    with tenant_context(acme):
        product = make_product("mug")
        make_variant(product)
        make_collection("cups").set_products([product.pk])
        return product


def paths(product):
    [collection] = product.places.values_list("collection_id", flat=True)
    return [
        "/api/products/",
        "/api/products/?ordering=name&page_size=5&vendor=Acme",
        f"/api/products/{product.pk}/variants/",
        "/api/collections/",
        f"/api/collections/{collection}/products/",
    ]


def test_client_with_the_present_list_gets_304(acme, acme_client, mug):
    with tenant_context(acme):
        addresses = paths(mug)
    for path in addresses:
        first = acme_client.get(path)
        again = acme_client.get(path, HTTP_IF_NONE_MATCH=first["ETag"])

        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        assert again["ETag"] == first["ETag"]
        assert first["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_list_of_a_person_is_not_stored_by_others(acme_client, owner, mug):
    answer = acme_client.as_(owner).get("/api/products/")

    assert answer["ETag"]
    assert answer["Cache-Control"] == "no-store"


def test_304_reads_no_products(acme_client, mug):
    etag = acme_client.get("/api/products/")["ETag"]

    with statements() as sent:
        assert acme_client.get("/api/products/", HTTP_IF_NONE_MATCH=etag).status_code == 304

    assert ["catalogue_versions" in sql for sql in sent] == [True]


def test_kept_list_reads_no_products(acme_client, owner, mug):
    client = acme_client.as_(owner)
    first = client.get("/api/products/")

    with statements() as sent:
        assert client.get("/api/products/").content == first.content

    assert ["sessions" in sql for sql in sent] == [True]


def test_change_gives_another_list(acme, acme_client, owner, mug):
    client = acme_client.as_(owner)
    before = [each.get("/api/products/") for each in (client, acme_client)]
    client.patch(f"/api/products/{mug.pk}/", {"name": "Beaker"})
    after = [each.get("/api/products/") for each in (client, acme_client)]

    for old, new in zip(before, after, strict=True):
        assert new["ETag"] != old["ETag"]
        assert [row["name"] for row in new.json()["results"]] == ["Beaker"]


def test_control_list_is_kept_without_a_change_of_the_version(acme, acme_client, mug):
    """The control: what bypasses the version is not seen."""
    acme_client.get("/api/products/")
    with tenant_context(acme):
        Product.objects.update(name="Beaker")
        assert "Beaker" not in acme_client.get("/api/products/").content.decode()
        with catalogue_change():
            pass
    assert "Beaker" in acme_client.get("/api/products/").content.decode()


def test_currency_of_the_shop_gives_another_list(acme, acme_client, mug):
    before = acme_client.get("/api/products/")
    with tenant_context(acme):
        acme.currency = "USD"
        acme.save(update_fields=["currency"])
    tenant_cache.forget()  # as the notice of the commit would
    after = acme_client.get("/api/products/")

    assert before["ETag"] != after["ETag"]
    assert after.json()["results"][0]["currency"] == "USD"


def test_readers_get_lists_of_their_own(acme, acme_client, owner, mug):
    with tenant_context(acme):
        make_product("draft", published=False)
    etags = set()
    for client, codes in (
        (acme_client.as_(owner), {"mug", "draft"}),
        (acme_client, {"mug"}),
        (acme_client.as_(owner), {"mug", "draft"}),
    ):
        answer = client.get("/api/products/")
        assert {row["code"] for row in answer.json()["results"]} == codes
        etags.add(answer["ETag"])
    assert len(etags) == 2


def test_list_of_another_shop_has_another_etag(acme_client, globex_client, globex, mug):
    with tenant_context(globex):
        make_product("mug")
    ours, theirs = acme_client.get("/api/products/"), globex_client.get("/api/products/")

    assert ours["ETag"] != theirs["ETag"]
    again = globex_client.get("/api/products/", HTTP_IF_NONE_MATCH=ours["ETag"])
    assert again.content == theirs.content


def test_shops_at_the_host_of_the_api_have_their_lists(acme, globex, mug):
    with tenant_context(globex):
        make_product("of-globex")
    for shop, codes in ((acme, ["mug"]), (globex, ["of-globex"])):
        client = ShopClient("api.localhost:8000", shop, HTTP_TENANT_CODE=shop.code)
        rows = client.get("/api/products/").json()["results"]

        assert [row["code"] for row in rows] == codes


def test_links_of_a_list_have_the_host_of_the_request(acme, mug):
    with tenant_context(acme):
        make_product("pot")
    for host in ("acme.localhost:8000", "acme.localhost:9000"):
        page = ShopClient(host, acme).get("/api/products/?page_size=1").json()

        assert page["next"].startswith(f"http://{host}/")


def test_refused_lists_are_not_kept(acme_client, mug):
    problem(acme_client.get("/api/products/?ordering=x"), 400)
    problem(acme_client.get(f"/api/products/{mug.default_variant_id}/variants/"), 404)

    assert rendered_responses.size == 0


@pytest.mark.parametrize("header", ["HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH"])
def test_any_etag_is_no_list_of_a_product_that_does_not_exist(acme_client, mug, header):
    missing = f"/api/products/{mug.pk.__class__(int=1)}/variants/"

    problem(acme_client.get(missing, **{header: "*"}), 404)
