"""Responses that are repeated for everyone, from a process with real notices."""

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from apps.products.models import CatalogueVersion, catalogue_change
from apps.tenants.context import tenant_context
from apps.tenants.hosts import ShopSite
from middleware.public_reads import PublicReadsMiddleware, public_responses
from tests.apps.products.factories import make_product
from tests.conftest import ShopClient
from tests.log_lines import written_lines
from tests.middleware.repeating import kept, queries

pytestmark = [
    pytest.mark.django_db(databases=["default", "owner"], transaction=True),
    pytest.mark.usefixtures("listening"),
]

PATHS = ["/", "/products/mug", "/api/products/", "/api/collections/", "/collections"]


@pytest.mark.parametrize("path", PATHS)
def test_response_is_repeated_without_a_query(acme_client, mug, path):
    first = acme_client.get(path)
    again = kept(acme_client, path)

    assert again.content == first.content
    # It counts for the network, and not for the shop, whose limit is on what it costs.
    changing = {"X-Request-ID", "RateLimit", "RateLimit-Policy"}
    assert {k: v for k, v in again.headers.items() if k not in changing} == {
        k: v for k, v in first.headers.items() if k not in changing
    }
    assert again["X-Request-ID"] != first["X-Request-ID"]


def test_product_is_repeated_without_a_query(acme_client, mug):
    path = f"/api/products/{mug.pk}/"
    first = acme_client.get(path)

    assert kept(acme_client, path).content == first.content


@pytest.mark.parametrize("path", PATHS)
def test_client_that_has_the_response_gets_304_without_a_query(acme_client, mug, path):
    etag = kept(acme_client, path)["ETag"]

    for given in (etag, f'"other", W/{etag}', "*"):
        response, count = queries(acme_client, path, HTTP_IF_NONE_MATCH=given)

        assert (response.status_code, response.content, count) == (304, b"", 0)
        assert response["ETag"] == etag
        assert "Content-Length" not in response
    assert queries(acme_client, path, HTTP_IF_NONE_MATCH='"other"')[0].status_code == 200


def test_person_gets_no_repeated_response(acme_client, owner, mug):
    public = kept(acme_client, "/api/products/")
    response, count = queries(acme_client.as_(owner), "/api/products/")

    assert count > 0
    assert response["ETag"] != public["ETag"]


def test_response_to_a_person_is_not_repeated_for_others(acme, acme_client, owner, mug):
    with tenant_context(acme), catalogue_change():
        make_product("draft", published=False)
    assert b"draft" in acme_client.as_(owner).get("/api/products/").content

    assert b'"code":"draft"' not in acme_client.get("/api/products/").content


def test_links_have_the_host_of_the_request(acme, mug):
    with tenant_context(acme), catalogue_change():
        make_product("pot")
    for host in ("acme.localhost:8000", "acme.localhost:9000"):
        page = kept(ShopClient(host, acme), "/api/products/?page_size=1").json()

        assert page["next"].startswith(f"http://{host}/")


def test_shop_gets_no_response_of_another(acme, globex, acme_client, globex_client, mug):
    with tenant_context(globex):
        make_product("of-globex")
        CatalogueVersion.objects.increase()
    ours, theirs = (kept(each, "/api/products/") for each in (acme_client, globex_client))

    assert b"of-globex" in theirs.content
    assert b"of-globex" not in ours.content


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_COOKIE": "session=x"},
        {"HTTP_ORIGIN": "https://shop.example"},
        {"HTTP_IF_MATCH": '"x"'},
        {"HTTP_ACCEPT": "application/json; indent=4"},
    ],
)
def test_request_that_is_not_like_others_is_not_repeated(acme_client, mug, headers):
    repeated = kept(acme_client, "/api/products/")
    response = acme_client.get("/api/products/", **headers)

    assert '"shop"' not in repeated["RateLimit-Policy"]
    assert '"shop"' in response["RateLimit-Policy"]


def test_errors_and_other_methods_are_not_kept(acme_client, mug):
    for path in ("/api/products/?ordering=x", "/products/none", "/api/products/1/"):
        assert acme_client.get(path).status_code in {400, 404}
    acme_client.head("/api/products/")
    acme_client.options("/api/products/")

    assert public_responses.size == 0


def test_response_is_repeated_for_its_scheme_only(acme_client, mug):
    """Django's SecurityMiddleware adds a header over https."""
    kept(acme_client, "/")

    assert queries(acme_client, "/", HTTP_X_FORWARDED_PROTO="https")[1] > 0
    assert queries(acme_client, "/")[1] == 0


def test_request_with_a_body_is_not_repeated(acme_client, mug):
    """The middleware that reads the body to its end comes later."""
    kept(acme_client, "/")

    with CaptureQueriesContext(connection) as sent:
        acme_client.generic("GET", "/", b"{}")

    assert len(sent) > 0


def test_request_that_would_be_refused_is_not_repeated(acme_client, mug):
    kept(acme_client, "/api/products/")

    assert acme_client.get("/api/products/", HTTP_CONTENT_LENGTH="3").status_code == 400


def test_304_is_not_repeated_to_a_client_without_the_response(acme_client, mug):
    first = acme_client.get("/api/products/")
    public_responses.clear()
    etag = first["ETag"]
    assert acme_client.get("/api/products/", HTTP_IF_NONE_MATCH=etag).status_code == 304

    assert kept(acme_client, "/api/products/").content == first.content


@pytest.mark.parametrize(("cookies", "is_kept"), [({}, True), ({"session": "x"}, False)])
def test_response_that_sets_a_cookie_is_not_kept(acme, cookies, is_kept):
    request = RequestFactory().get("/", HTTP_HOST="acme.localhost")
    request.site, request.tenant = ShopSite("acme"), acme
    response = HttpResponse()
    response.catalogue_version = 1
    response.cookies.update(cookies)
    PublicReadsMiddleware(lambda _: response)(request)

    assert (public_responses.size > 0) is is_kept


def test_repeated_responses_count_for_the_limit(acme_client, mug):
    def left():
        return int(kept(acme_client, "/").headers["RateLimit"].split("r=")[1].split(";")[0])

    assert left() > left()


def test_repeated_response_is_refused_over_the_limit(acme_client, mug, settings, monkeypatch):
    kept(acme_client, "/")
    rates = {"shop": "9/min", "user": "9/min", "address": "1/min"}
    monkeypatch.setattr("apps.api.throttles.api_settings.DEFAULT_THROTTLE_RATES", rates)
    response = acme_client.get("/")

    assert response.status_code == 429
    assert response["Content-Security-Policy"]


def test_repeated_response_has_its_line_in_the_log(acme_client, mug):
    kept(acme_client, "/")
    with written_lines() as lines:
        acme_client.get("/")

    [line] = lines.access
    assert (line["tenant"], line["path"], line["status"]) == ("acme", "/", 200)


def test_shop_at_the_host_of_the_api_is_told_apart(acme, mug):
    client = ShopClient("api.localhost:8000", acme, HTTP_TENANT_CODE="acme")
    assert client.get("/api/products/").status_code == 200

    assert public_responses.size == 0
